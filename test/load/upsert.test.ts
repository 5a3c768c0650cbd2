import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Connection, type Database, openDatabase, type Session } from '../../src/db/pool.ts';
import { statementBytes } from '../../src/db/size.ts';
import { FatalError } from '../../src/errors.ts';
import { loadRows, type LoadOptions } from '../../src/load/upsert.ts';
import type { Row } from '../../src/model/row.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { createTransformer } from '../../src/transform/page.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

const options: LoadOptions = {
  batchSize: 100,
  maxBytes: 8_000_000,
  keepPayload: true,
  keepHistory: false,
  runId: 1,
  at: '2026-01-01 00:00:00.000',
};

const LIMIT = 60_000;

const databases: Database[] = [];
let sandbox: Sandbox;
let db: FreshDatabase;
let connection: Connection;
let sizes: number[];

beforeAll(async () => {
  sandbox = await sandboxFor({ listings: 60 });
});

beforeEach(async () => {
  db = await migratedDatabase();
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  databases.push(database);
  connection = await database.connect();
  sizes = [];
});

afterAll(async () => {
  for (const database of databases) await database.close();
});

/** The same connection, of which it is known what is too large. */
function limited(limit: number): Session {
  return {
    maxStatementBytes: limit,
    ...connection,
    run: (sql, values) => {
      sizes.push(statementBytes(sql, values));
      return connection.run(sql, values);
    },
  };
}

/** The sandbox's listings; `more` is merged into the record of its key. */
function rows(more: Readonly<Record<string, object>> = {}): readonly Row[] {
  const records = [...sandbox.feed.records('Property')].map((record) => {
    const text = sandbox.feed.serveText('Property', record);
    const served = JSON.parse(text) as { ListingKey: string };
    const own = more[served.ListingKey];
    return own === undefined ? text : JSON.stringify({ ...served, ...own });
  });
  return createTransformer(property)({ records, damaged: new Set(), cursor: undefined }).rows;
}

async function stored(): Promise<{ rows: string[]; payloads: string[] }> {
  return { rows: await keysIn('properties'), payloads: await keysIn('properties_raw') };
}

async function keysIn(table: string): Promise<string[]> {
  const found = await db.query<{ key: string }>(`SELECT listing_key AS \`key\` FROM ${table} ORDER BY 1`);
  return found.map((row) => row.key);
}

describe('a row that is too large for a statement of the server', () => {
  test('is sent in smaller statements', async () => {
    const all = rows();
    const { inserted, refused } = await loadRows(limited(LIMIT), property, all, options);
    expect([inserted.length, refused.size]).toEqual([60, 0]);
    expect(Math.max(...sizes)).toBeLessThan(LIMIT);
    // Not row by row either.
    expect(sizes.length).toBeLessThan(100);
    const keys = all.map((row) => row.key).sort();
    expect(await stored()).toEqual({ rows: keys, payloads: keys });
  });

  test('is refused if it is too large alone, without a partial write, and the others are written', async () => {
    const [first, second, third] = rows().map((row) => row.key);
    const all = rows({
      [first!]: { PublicRemarks: 'ä'.repeat(LIMIT / 2) },
      // In the payload only.
      [second!]: { SomebodysField: 'x'.repeat(LIMIT) },
      [third!]: { PublicRemarks: 'x'.repeat(LIMIT / 2) },
    });
    const { inserted, refused } = await loadRows(limited(LIMIT), property, all, options);
    expect(inserted).toHaveLength(58);
    expect([...refused.keys()].map((row) => row.key).sort()).toEqual([first!, second!].sort());
    expect([...refused.values()][0]).toMatch(/^the database takes no statement of 6\d{4} bytes$/);
    expect(Math.max(...sizes)).toBeLessThan(LIMIT);
    const written = all.map((row) => row.key).filter((key) => key !== first && key !== second);
    expect(await stored()).toEqual({ rows: written.sort(), payloads: written.sort() });
  });

  test('is accepted if only its payload is too large and payloads are not kept', async () => {
    const [first] = rows().map((row) => row.key);
    const all = rows({ [first!]: { SomebodysField: 'x'.repeat(LIMIT) } });
    const { refused } = await loadRows(limited(LIMIT), property, all, { ...options, keepPayload: false });
    expect(refused.size).toBe(0);
    expect((await stored()).rows).toHaveLength(60);
  });

  test('in large numbers means a misconfigured server: the page fails', async () => {
    const error: unknown = await loadRows(limited(2000), property, rows(), options).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(FatalError);
    expect(error).toMatchObject({
      message: expect.stringContaining('row after row'),
      hint: expect.stringContaining('max_allowed_packet'),
    });
    expect(await stored()).toEqual({ rows: [], payloads: [] });
  });
});
