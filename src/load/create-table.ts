import type { Dataset, Field } from '../dataset/dataset.ts';
import { partsOf } from './parts.ts';
import { sqlType } from './sql-type.ts';
import { keyColumn, quote } from './statement.ts';

export const TABLE_OPTIONS =
  'ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci';

/** Columns of every table of records, in addition to its fields. */
const BOOKKEEPING_DEFINITIONS = [
  'content_hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL',
  'run_id BIGINT NOT NULL',
  'created_at DATETIME(3) NOT NULL',
  'updated_at DATETIME(3) NOT NULL',
  'deleted_at DATETIME(3) NULL',
];

/**
 * Returns the statements that create a dataset's tables for records and payloads.
 * @param collation collation of the key: binary, so that keys may differ only by case, accent or trailing space.
 */
export function createTables(dataset: Dataset, collation: string): string[] {
  const key = quote(keyColumn(dataset));
  const keyDefinition = `${key} ${sqlType({ kind: 'key' })} COLLATE ${collation} NOT NULL`;
  const fields = partsOf(dataset).main.fields.filter(({ name }) => name !== dataset.key);
  const columns = [
    keyDefinition,
    ...fields.map((field) => formatDefinition(dataset, field)),
    ...BOOKKEEPING_DEFINITIONS,
    `PRIMARY KEY (${key})`,
    'KEY deleted_at (deleted_at)',
  ];
  const payload = [keyDefinition, 'payload LONGTEXT NOT NULL', `PRIMARY KEY (${key})`];
  return [
    `CREATE TABLE IF NOT EXISTS ${quote(dataset.table)} (${columns.join(', ')}) ${TABLE_OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS ${quote(dataset.rawTable)} (${payload.join(', ')}) ${TABLE_OPTIONS}`,
  ];
}

function formatDefinition({ version }: Dataset, { name, column, type }: Field): string {
  return `${quote(column)} ${sqlType(type)} ${name === version ? 'NOT NULL' : 'NULL'}`;
}
