import { expect, test } from 'vitest';
import { purgeImports } from '../../src/record/purge.ts';
import { itemsPipeline } from '../helpers/items.ts';

const LONG_AGO = '2020-01-01 00:00:00.000';
const BEFORE = '2026-01-01 00:00:00.000';

test('a dropped import is purged with its rejected lines, unless a later release has one of its tables', async () => {
  const { db, database } = await itemsPipeline();
  const addImport = (id: number, state: string, tables: object, source = 'hcad', at = LONG_AGO) =>
    db.query(
      'INSERT INTO etl_import (id, source, run_id, state, shape, archives, tables, started_at, updated_at) ' +
        "VALUES (?, ?, 1, ?, '', '[]', ?, ?, ?)",
      [id, source, state, JSON.stringify(tables), at, at],
    );
  await addImport(1, 'dropped', { hcad_a: 1, hcad_b: 1 });
  await addImport(2, 'dropped', { hcad_a: 2, hcad_b: 1 });
  await addImport(3, 'published', { hcad_a: 2, hcad_b: 3 });
  await addImport(4, 'dropped', { dallas_a: 4 }, 'dallas');
  await addImport(5, 'dropped', { hcad_a: 5 }, 'hcad', '2026-06-01 00:00:00.000');
  for (const id of [1, 2]) {
    for (let line = 0; line < 700; line += 1) {
      await db.query(
        'INSERT INTO etl_import_reject (import_id, table_name, tax_year, archive, member, line_no, byte_offset, reason, message, raw) ' +
          "VALUES (?, 'hcad_a', 2026, 'a', 'm', ?, 0, 'no-key', '', '')",
        [id, line],
      );
    }
    await db.query(
      "INSERT INTO etl_import_check (import_id, table_name, rule, found, is_failed) VALUES (?, 'hcad_a', 'rows', 1, 0)",
      [id],
    );
  }
  const purged: number[] = [];
  for (let count = 1; count > 0;) purged.push((count = await purgeImports(database, 'hcad', BEFORE)));
  expect(purged).toEqual([500, 200, 1, 0]);
  expect(await db.query('SELECT id FROM etl_import ORDER BY id')).toEqual(
    ['2', '3', '4', '5'].map((id) => ({ id })),
  );
  for (const table of ['etl_import_reject', 'etl_import_check']) {
    expect(await db.query(`SELECT DISTINCT import_id AS id FROM ${table}`)).toEqual([{ id: '2' }]);
  }
});
