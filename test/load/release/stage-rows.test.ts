import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ReleaseTable } from '../../../src/dataset/release-table.ts';
import { type Connection, type Database, openDatabase } from '../../../src/db/pool.ts';
import { readKeyCollation } from '../../../src/db/key-collation.ts';
import { createReleaseTable } from '../../../src/load/release/create-table.ts';
import { packRows, type SendMethod } from '../../../src/load/release/send-rows.ts';
import { stagePacked } from '../../../src/load/release/stage-rows.ts';
import { type FreshDatabase, freshDatabase } from '../../helpers/database.ts';

const text = (column: string, isCode: boolean) => ({
  name: column,
  column,
  type: { kind: 'string', length: 40 } as const,
  isCode,
});

const keyed: ReleaseTable = {
  name: 'owners',
  table: 'x_owners',
  columns: [text('acct', true), text('owner', false)],
  key: ['acct'],
  indexes: [],
  rules: [],
};
const unkeyed: ReleaseTable = { ...keyed, name: 'parts', table: 'x_parts', key: undefined };

let fresh: FreshDatabase;
let database: Database;
let connection: Connection;

beforeAll(async () => {
  fresh = await freshDatabase();
  // MySQL has it off by default. Imports of other tests work with and without it.
  await fresh.query('SET GLOBAL local_infile = 1');
  database = openDatabase({ ...fresh, socket: undefined, database: fresh.name, tls: undefined });
  connection = await database.connect();
});

beforeEach(async () => {
  const collation = await readKeyCollation(connection);
  for (const table of [keyed, unkeyed]) {
    await connection.run(createReleaseTable(table, table.table, collation, true));
    await connection.run(`DELETE FROM ${table.table}`);
  }
});

afterAll(async () => {
  connection.release();
  await database.close();
  await fresh.drop();
});

type Lines = readonly (readonly [line: number, acct: string, owner: string | null])[];

/** Packs the lines of several batches. */
function pack(table: ReleaseTable, method: SendMethod, ...batches: Lines[]) {
  return batches.flatMap((lines) =>
    packRows(
      {
        table,
        name: table.table,
        year: 2026,
        rows: lines.map(([, acct, owner]) => [acct, owner]),
        lineNumbers: lines.map(([line]) => line),
      },
      method,
    ),
  );
}

async function stage(packs: ReturnType<typeof pack>) {
  await connection.run('START TRANSACTION');
  const result = await stagePacked(connection, packs);
  await connection.run('COMMIT');
  return result;
}

describe.each(['local', 'insert'] as const)('rows that are staged by %s', (method) => {
  test('promise 26: are stored with their values', async () => {
    const odd = ["'", '\\', '\\N', 'NULL', 'a\tb\nc', '’é😀', "'); DROP TABLE x_owners; --", ''];
    const lines = odd.map((owner, nth) => [nth + 1, `00${nth}`, owner] as const);
    const result = await stage(pack(keyed, method, lines.slice(0, 3), lines.slice(3), [[9, '008', null]]));
    expect(result).toEqual({ stored: 9, duplicates: 0, conflicts: [] });
    expect(await connection.select('SELECT tax_year, acct, owner FROM x_owners ORDER BY acct')).toEqual(
      [...odd, null].map((owner, nth) => ({ tax_year: 2026, acct: `00${nth}`, owner })),
    );
  });

  test('of one key are stored once: the first of them', async () => {
    const first: Lines = [
      [1, 'a', 'one'],
      [2, 'b', "it's"],
      [3, 'a', 'one'],
    ];
    const second: Lines = [
      [4, 'c', '\\\t'],
      [5, 'b', 'other'],
      [6, 'c', '\\\t'],
    ];
    expect(await stage(pack(keyed, method, first, second))).toEqual({
      stored: 3,
      duplicates: 2,
      conflicts: [{ line: 5, row: ['b', 'other'] }],
    });
    expect(await stage(pack(keyed, method, [[7, 'b', "it's"]]))).toMatchObject({ stored: 0, duplicates: 1 });
    expect(await connection.select('SELECT acct, owner FROM x_owners ORDER BY acct')).toEqual([
      { acct: 'a', owner: 'one' },
      { acct: 'b', owner: "it's" },
      { acct: 'c', owner: '\\\t' },
    ]);
  });

  test('without a key are all stored, with their lines', async () => {
    const lines: Lines = [
      [3, 'a', null],
      [7, 'a', null],
    ];
    expect(await stage(pack(unkeyed, method, lines))).toMatchObject({ stored: 2, duplicates: 0 });
    expect(await connection.select('SELECT line_no, acct, owner FROM x_parts ORDER BY line_no')).toEqual([
      { line_no: 3, acct: 'a', owner: null },
      { line_no: 7, acct: 'a', owner: null },
    ]);
  });

  test('are refused if a value is too long for its column', async () => {
    const long: Lines = [[1, 'a', 'x'.repeat(41)]];
    await expect(stage(pack(keyed, method, long))).rejects.toThrow();
    await connection.run('ROLLBACK');
  });
});

test('many rows become several statements, unless a file is sent', () => {
  const lines = Array.from({ length: 70_000 }, (_, nth) => [nth + 1, String(nth), null] as const);
  expect(pack(keyed, 'local', lines)).toHaveLength(1);
  const packs = pack(keyed, 'insert', lines);
  expect(packs.map(({ lineNumbers }) => lineNumbers.length)).toEqual([32_768, 32_768, 4_464]);
  expect(packs.flatMap(({ lineNumbers }) => lineNumbers)).toEqual(lines.map(([line]) => line));
});
