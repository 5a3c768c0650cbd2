import { expect, test } from 'vitest';
import { readTableDefinitions, parseTableDefinitions } from '../../src/db/table-definitions.ts';
import { resources } from '../../src/sources/trestle/datasets/index.ts';
import { sqlType } from '../../src/load/sql-type.ts';

const tables = new Map(readTableDefinitions().map((table) => [table.name, table]));

test('every field of a dataset has its column, with the type of its description', () => {
  for (const { table, fields } of resources) {
    const { columns } = tables.get(table)!;
    for (const { column, type } of fields) {
      const definition = columns.get(column)?.toLowerCase() ?? '';
      expect(`${table}.${column} ${definition}`).toContain(`${table}.${column} ${sqlType(type)} `);
    }
  }
});

test('keys, indexes and columns of later steps are included', () => {
  expect(tables.get('etl_api_usage')!.key).toEqual([
    'process',
    'run_id',
    'hour',
    'source',
    'resource',
    'kind',
  ]);
  expect(tables.get('etl_schema_version')).toMatchObject({
    key: ['version'],
    collation: 'utf8mb4_unicode_ci',
  });
  expect(tables.get('media')!.indexes.get('resource_record_key')).toEqual(['resource_record_key', 'order']);
  expect(tables.get('media')!.columns.get('order')).toBe('INT NULL');
  expect(tables.get('media_raw')).toMatchObject({ key: ['media_key'], collation: 'utf8mb4_bin' });
  expect(tables.get('properties')!.indexes.get('custom_due')).toEqual(['custom_due']);
  expect(tables.get('properties')!.columns.get('custom_due')).toMatch(
    /^TINYINT\(1\) AS \( CASE .* END \) VIRTUAL$/,
  );
  expect(tables.get('etl_watermark')!.columns.get('photos_refusal')).toBe('VARCHAR(1000) NULL');
  expect(tables.get('etl_watermark')!.columns.get('active_at')).toBe('DATETIME(3) NULL');
  expect(tables.get('etl_watermark')!.columns.has('usable_at')).toBe(false);
  for (const { key, columns } of tables.values()) {
    expect(key.length).toBeGreaterThan(0);
    for (const column of key) expect([...columns.keys()]).toContain(column);
  }
});

test('an unsupported statement or part is a mistake', () => {
  const made =
    'CREATE TABLE IF NOT EXISTS t (\n a INT NOT NULL,\n PRIMARY KEY (a)\n) ENGINE = InnoDB COLLATE = x';
  expect(parseTableDefinitions([made]).get('t')).toMatchObject({ key: ['a'], collation: 'x' });
  expect(() => parseTableDefinitions(['DROP TABLE t'])).toThrow('DROP TABLE t');
  expect(() => parseTableDefinitions(['ALTER TABLE t ADD COLUMN a INT'])).toThrow('ALTER TABLE t');
  expect(() => parseTableDefinitions([made, 'ALTER TABLE t MODIFY a BIGINT'])).toThrow('MODIFY a BIGINT');
  expect(() => parseTableDefinitions([made, 'ALTER TABLE t DROP COLUMN a'])).toThrow('DROP COLUMN a');
  expect(() => parseTableDefinitions([made, 'ALTER TABLE t RENAME COLUMN b TO c'])).toThrow('not there: b');
  expect(() => parseTableDefinitions([made, 'ALTER TABLE t RENAME KEY b TO c'])).toThrow('RENAME KEY b TO c');
});
