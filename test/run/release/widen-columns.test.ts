import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReleaseTable } from '../../../src/dataset/release-table.ts';
import { type Connection, type Database, openDatabase } from '../../../src/db/pool.ts';
import { readKeyCollation } from '../../../src/db/key-collation.ts';
import { createReleaseTable } from '../../../src/load/release/create-table.ts';
import type { ActiveRun } from '../../../src/run/active-run.ts';
import { readWidths, widenColumns } from '../../../src/run/release/widen-columns.ts';
import type { FreshDatabase } from '../../helpers/database.ts';
import { migratedDatabase } from '../../helpers/template.ts';

const table: ReleaseTable = {
  name: 'notes',
  table: 'x_notes',
  columns: [{ name: 'note', column: 'note', type: { kind: 'string', length: 50 }, isCode: false }],
  key: undefined,
  indexes: [],
  rules: [],
};

let fresh: FreshDatabase;
let database: Database;
let connection: Connection;

beforeAll(async () => {
  fresh = await migratedDatabase();
  database = openDatabase({ ...fresh, socket: undefined, database: fresh.name, tls: undefined });
  connection = await database.connect();
});

afterAll(async () => {
  connection.release();
  await database.close();
  await fresh.drop();
});

test('a column is widened for a longer value, and never made shorter again', async () => {
  const collation = await readKeyCollation(connection);
  await connection.run(createReleaseTable(table, table.table, collation, true));
  const active = { connection } as unknown as ActiveRun;
  const statements: string[] = [];
  const watched = {
    connection: {
      ...connection,
      run: (sql: string, values?: readonly string[]) => {
        statements.push(sql);
        return connection.run(sql, values);
      },
    },
  } as unknown as ActiveRun;
  const staging = { id: 1, table, name: table.table, collation, method: 'insert' } as const;
  const first = { ...staging, widths: await readWidths(connection, table.table) };
  await widenColumns(active, first, [{ column: 'note', length: 130 }]);
  await connection.run(`INSERT INTO x_notes (tax_year, line_no, note) VALUES (2026, 1, ?)`, [
    'x'.repeat(130),
  ]);
  // In the same run, and in one that resumes it.
  for (const widths of [first.widths, await readWidths(connection, table.table)]) {
    await widenColumns(watched, { ...staging, widths }, [{ column: 'note', length: 55 }]);
  }
  expect(statements).toEqual([]);
  expect((await readWidths(connection, table.table)).get('note')).toBe(255);
  const [row] = await connection.select<{ note: string }>('SELECT note FROM x_notes');
  expect(row?.note).toHaveLength(130);
});
