import { afterAll, beforeEach, expect, test } from 'vitest';
import { type Connection, type Database, openDatabase } from '../../src/db/pool.ts';
import { RowRefusedError } from '../../src/errors.ts';
import { addColumns, createSideTable } from '../../src/load/alter.ts';
import { writeNewColumns as fillColumns } from '../../src/load/fill-columns.ts';
import { rewriteRows } from '../../src/load/rewrite.ts';
import { insertOrUpdate } from '../../src/load/statement.ts';
import { loadRows, type LoadOptions } from '../../src/load/upsert.ts';
import type { Dataset } from '../../src/dataset/dataset.ts';
import type { Row } from '../../src/model/row.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
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

const databases: Database[] = [];
let db: FreshDatabase;
let connection: Connection;

beforeEach(async () => {
  db = await migratedDatabase();
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  databases.push(database);
  connection = await database.connect();
});

afterAll(async () => {
  for (const database of databases) await database.close();
});

/** ListingId in a side table, with a unique index. */
async function wideProperty(): Promise<Dataset> {
  const table = 'properties_2';
  const moved = property.fields.find(({ name }) => name === 'ListingId')!;
  const [column] = await db.query<{ c: string }>(
    "SELECT collation_name AS c FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'properties' AND column_name = 'listing_key'",
  );
  await db.query(createSideTable(property, table, column!.c));
  await db.query(addColumns(table, [moved]));
  await db.query(`ALTER TABLE ${table} ADD UNIQUE own_unique (${moved.column})`);
  return {
    ...property,
    fields: property.fields.map((field) => (field === moved ? { ...field, table } : field)),
  };
}

async function rowsOf(dataset: Dataset, count: number): Promise<readonly Row[]> {
  const { feed } = await sandboxFor({ listings: count });
  const records = [...feed.records('Property')].map((record) => feed.serveText('Property', record));
  return createTransformer(dataset)({ records, damaged: new Set(), cursor: undefined }).rows;
}

function withId(dataset: Dataset, row: Row, id: string): Row {
  const place = dataset.fields.findIndex(({ name }) => name === 'ListingId');
  return {
    ...row,
    hash: `${row.hash.slice(0, 30)}${id}`,
    values: row.values.map((value, at) => (at === place ? id : value)),
  };
}

async function side(): Promise<object[]> {
  return db.query('SELECT listing_key AS k, listing_id AS id FROM properties_2 ORDER BY 1');
}

test('in a side table, too, no record takes the row of another, and no partial write remains', async () => {
  const wide = await wideProperty();
  const [first, second, third] = [...(await rowsOf(wide, 3))].sort((a, b) => (a.key < b.key ? -1 : 1));
  const [a, b] = [withId(wide, first!, 'A'), withId(wide, second!, 'B')];
  await loadRows(connection, wide, [a, b], options);
  await connection.run('START TRANSACTION');
  const twin = withId(wide, third!, 'A');
  const { inserted, refused } = await loadRows(connection, wide, [twin], options);
  await connection.run('COMMIT');
  expect([inserted, [...refused.keys()]]).toEqual([[], [twin]]);
  expect([...refused.values()][0]).toContain('own_unique');
  expect(await side()).toEqual([
    { k: a.key, id: 'A' },
    { k: b.key, id: 'B' },
  ]);
  expect(await db.query('SELECT listing_key FROM properties')).toHaveLength(2);
  expect(await db.query('SELECT listing_key FROM properties_raw')).toHaveLength(2);
  // There, values can be swapped as well.
  await connection.run('START TRANSACTION');
  const swapped = [withId(wide, first!, 'B'), withId(wide, second!, 'A')];
  expect((await loadRows(connection, wide, swapped, options)).refused.size).toBe(0);
  await connection.run('COMMIT');
  expect(await side()).toEqual([
    { k: a.key, id: 'B' },
    { k: b.key, id: 'A' },
  ]);
});

test('columns that are filled or rewritten from payloads never change the row of another record', async () => {
  const wide = await wideProperty();
  const [first, second] = [...(await rowsOf(wide, 2))].sort((a, b) => (a.key < b.key ? -1 : 1));
  await loadRows(connection, wide, [withId(wide, first!, 'A'), withId(wide, second!, 'B')], options);
  // As if the second one's columns had been made a moment ago.
  await db.query('DELETE FROM properties_2 WHERE listing_key = ?', [second!.key]);
  const values = withId(wide, second!, 'A').values;
  const { key, hash } = second!;
  await connection.run('START TRANSACTION');
  const rewritten = [{ key, hash, values, payload: undefined }];
  const refused = await rewriteRows(connection, wide, rewritten, { ...options, skipped: new Set() });
  expect([...refused]).toEqual([key]);
  const field = wide.fields.find(({ name }) => name === 'ListingId')!;
  const row = { row: { key, hash, required: [], payload: null }, values: ['A'], hash };
  expect([...(await fillColumns(connection, wide, [field], [], [row], 1_000_000))]).toContain(key);
  await connection.run('COMMIT');
  expect(await side()).toEqual([{ k: first!.key, id: 'A' }]);
});

test('the key takes precedence over other unique indexes: a clash of new values is an error, not an update of another row', async () => {
  const [first, second, third] = ['k1', 'k2', 'k3'];
  await db.query(
    'CREATE TABLE own (listing_key VARCHAR(20) NOT NULL, a INT NULL, b INT NULL, UNIQUE (a), UNIQUE (b), PRIMARY KEY (listing_key))',
  );
  const columns = ['listing_key', 'a', 'b'];
  const write = (rows: readonly (readonly string[])[]): Promise<unknown> =>
    connection.run(insertOrUpdate(property, 'own', columns, ['a', 'b'], rows.length), rows.flat());
  await write([
    [first, '1', '1'],
    [second, '2', '2'],
  ]);
  for (const row of [
    [first, '2', '9'],
    [first, '9', '2'],
    [third, '1', '9'],
    [third, '9', '2'],
    [third, '1', '2'],
  ]) {
    await expect(write([row])).rejects.toThrow(RowRefusedError);
    await expect(write([[second, '2', '2'], row])).rejects.toThrow(RowRefusedError);
  }
  expect(await db.query('SELECT * FROM own ORDER BY 1')).toEqual([
    { listing_key: first, a: 1, b: 1 },
    { listing_key: second, a: 2, b: 2 },
  ]);
  await write([
    [first, '1', '3'],
    [third, '4', '4'],
  ]);
  expect(await db.query('SELECT * FROM own')).toHaveLength(3);
});

test('keys that a changed collation treats as equal are distinguished by their bytes', async () => {
  await db.query('ALTER TABLE properties CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci');
  const [row] = await rowsOf(property, 1);
  const place = property.fields.findIndex(({ name }) => name === property.key);
  const [lower, upper] = ['k1a', 'K1A'].map((key) => ({
    ...row!,
    key,
    values: row!.values.map((value, at) => (at === place ? key : value)),
  }));
  expect((await loadRows(connection, property, [lower!], options)).inserted).toHaveLength(1);
  const { refused } = await loadRows(connection, property, [upper!], options);
  expect([...refused.keys()]).toEqual([upper]);
  expect(await db.query('SELECT listing_key FROM properties')).toEqual([{ listing_key: 'k1a' }]);
});
