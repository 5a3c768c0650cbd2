import type { Field, FieldType, Dataset } from '../dataset/dataset.ts';
import { partsOf } from './parts.ts';
import { sqlType } from './sql-type.ts';
import { keyColumn, quote } from './statement.ts';

/** InnoDB's limit for a column of an index, in characters of four bytes. */
const MAX_INDEXED_LENGTH = 768;

/** Characters of a long text to index. */
const INDEX_PREFIX_LENGTH = 191;

/**
 * Adds columns to a table. The statement names no ALGORITHM: both servers choose the least blocking one (INSTANT if
 * possible), but refuse a statement that names one they cannot use.
 */
export function addColumns(table: string, fields: readonly Field[]): string {
  return `ALTER TABLE ${quote(table)} ${fields.map((field) => `ADD COLUMN ${formatDefinition(field)}`).join(', ')}`;
}

/** Creates a side table of the dataset. @param collation collation of its key. */
export function createSideTable(dataset: Dataset, table: string, collation: string): string {
  const key = quote(keyColumn(dataset));
  return (
    `CREATE TABLE IF NOT EXISTS ${quote(table)} (${key} VARCHAR(255) COLLATE ${collation} NOT NULL, PRIMARY KEY (${key})) ` +
    'ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci'
  );
}

export function dropColumns(table: string, columns: readonly string[]): string {
  return `ALTER TABLE ${quote(table)} ${columns.map((column) => `DROP COLUMN ${quote(column)}`).join(', ')}`;
}

export function dropTable(table: string): string {
  return `DROP TABLE IF EXISTS ${quote(table)}`;
}

export function dropView(dataset: Dataset): string {
  return `DROP VIEW IF EXISTS ${quote(viewName(dataset))}`;
}

/** Adds an index named like the column. */
export function addIndex(table: string, { column, type }: Field): string {
  return `ALTER TABLE ${quote(table)} ADD INDEX ${quote(column)} (${quote(column)}${formatIndexPrefix(type)})`;
}

/** Name of the view with all columns of a dataset; it exists if the dataset has side tables. */
function viewName(dataset: Dataset): string {
  return `${dataset.table}_all`;
}

/** Lists the columns: `*` is expanded when the view is created and could contain a column twice. */
export function createView(dataset: Dataset, mainColumns: readonly string[]): string {
  const { main, sides } = partsOf(dataset);
  const key = quote(keyColumn(dataset));
  const columns = [
    ...mainColumns.map((column) => `${quote(main.table)}.${quote(column)}`),
    ...sides.flatMap(({ table, fields }) => fields.map(({ column }) => `${quote(table)}.${quote(column)}`)),
  ];
  const joins = sides.map(
    ({ table }) => `LEFT JOIN ${quote(table)} ON ${quote(table)}.${key} = ${quote(main.table)}.${key}`,
  );
  return (
    `CREATE OR REPLACE SQL SECURITY INVOKER VIEW ${quote(viewName(dataset))} AS ` +
    `SELECT ${columns.join(', ')} FROM ${quote(main.table)} ${joins.join(' ')}`
  );
}

function formatDefinition({ column, type }: Field): string {
  return `${quote(column)} ${sqlType(type).toUpperCase()} NULL`;
}

function formatIndexPrefix(type: FieldType): string {
  const isLong = type.kind === 'text' || type.kind === 'longtext';
  return isLong || (type.kind === 'string' && type.length > MAX_INDEXED_LENGTH)
    ? `(${INDEX_PREFIX_LENGTH})`
    : '';
}
