import { beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/pool.ts';
import type { FieldType } from '../../src/dataset/dataset.ts';
import { resources } from '../../src/sources/trestle/datasets/index.ts';
import { type FreshDatabase, freshDatabase } from '../helpers/database.ts';
import { parentLink, versionField } from '../../src/dataset/reading.ts';

type Column = { name: string; type: string; nullable: string; collation: string | null };

let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase();
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  const connection = await database.connect();
  await migrate(connection, 0);
  connection.release();
  await database.close();
});

function sqlType(type: FieldType): string {
  switch (type.kind) {
    case 'key':
      return 'varchar(255)';
    case 'string':
      return `varchar(${type.length})`;
    case 'text':
      return 'text';
    case 'longtext':
      return 'mediumtext';
    case 'integer':
      return 'int';
    case 'bigint':
      return 'bigint';
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'boolean':
      return 'tinyint(1)';
    case 'date':
      return 'date';
    case 'timestamp':
      return 'datetime(3)';
  }
}

describe.each(resources)('sql/ and the dataset agree on $name', (dataset) => {
  test('every field has its column, in order, with the type of its description', async () => {
    const columns = await db.query<Column>(
      'SELECT column_name AS name, column_type AS type, is_nullable AS nullable, collation_name AS collation ' +
        'FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position',
      [db.name, dataset.table],
    );
    const required = new Set([dataset.key, versionField(dataset), parentLink(dataset)?.field]);
    const found = columns
      .slice(0, dataset.fields.length)
      .map(({ name, type, nullable }) => [name, type.replace(/^int\(\d+\)$/, 'int'), nullable]);
    expect(found).toEqual(
      dataset.fields.map((field) => [
        field.column,
        sqlType(field.type),
        required.has(field.name) ? 'NO' : 'YES',
      ]),
    );
    const keys = new Set(
      dataset.fields.filter((field) => field.type.kind === 'key').map((field) => field.column),
    );
    for (const column of columns.filter(({ name }) => keys.has(name))) {
      expect(column.collation).toMatch(/^utf8mb4_(0900_bin|nopad_bin)$/);
    }
  });

  test('its raw table has the same key', async () => {
    const key = dataset.fields.find((field) => field.name === dataset.key)!.column;
    const columns = await db.query<Column>(
      'SELECT column_name AS name, column_type AS type FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position',
      [db.name, dataset.rawTable],
    );
    expect(columns).toEqual([
      { name: key, type: 'varchar(255)' },
      { name: 'payload', type: 'longtext' },
    ]);
  });
});

test('promise 7: keys that differ by case, accent or trailing space stay apart', async () => {
  const keys = ['a', 'A', 'á', 'a ', 'Å', 'å', 'ß', 'ss'];
  for (const key of keys) await db.query('INSERT INTO properties_raw VALUES (?, "{}")', [key]);
  const rows = await db.query<{ n: string }>('SELECT COUNT(*) AS n FROM properties_raw');
  expect(rows).toEqual([{ n: String(keys.length) }]);
});
