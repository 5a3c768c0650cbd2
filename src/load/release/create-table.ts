import type { ReleaseColumn, ReleaseTable } from '../../dataset/release-table.ts';
import { TABLE_OPTIONS } from '../create-table.ts';
import { sqlType } from '../sql-type.ts';
import { quote } from '../statement.ts';

export const TAX_YEAR = 'tax_year';
export const LINE_NO = 'line_no';

/** The columns of a table before those of the file. */
export function ownColumns({ key }: Pick<ReleaseTable, 'key'>): readonly string[] {
  return key === undefined ? [TAX_YEAR, LINE_NO] : [TAX_YEAR];
}

/**
 * Returns the statement that creates a staged table. Rows are stored in the order of their key, which is the order of the
 * file; a table without a key has `line_no` in its place.
 * @param withIndexes whether secondary indexes are created now. Building them after the rows are loaded is faster, but it
 *   blocks the writes of a cluster.
 */
export function createReleaseTable(
  table: ReleaseTable,
  name: string,
  collation: string,
  withIndexes: boolean,
): string {
  const lines = table.key === undefined ? [`${quote(LINE_NO)} bigint NOT NULL`] : [];
  const definitions = [
    `${quote(TAX_YEAR)} smallint NOT NULL`,
    ...lines,
    ...table.columns.map((column) => formatColumn(table, column, collation)),
    `PRIMARY KEY (${[TAX_YEAR, ...(table.key ?? [LINE_NO])].map(quote).join(', ')})`,
    ...(withIndexes ? table.indexes.map(formatIndex) : []),
  ];
  return `CREATE TABLE IF NOT EXISTS ${quote(name)} (${definitions.join(', ')}) ${TABLE_OPTIONS}`;
}

/** Returns the statement that creates a staged table with the columns, as wide as they are now, and the indexes of another. */
export function createTableLike(name: string, other: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quote(name)} LIKE ${quote(other)}`;
}

/** Returns the statement that adds these indexes. */
export function addIndexes(name: string, indexes: readonly (readonly string[])[]): string {
  return `ALTER TABLE ${quote(name)} ${indexes.map((index) => `ADD ${formatIndex(index)}`).join(', ')}`;
}

/** Returns the statement that widens a column for a longer value. */
export function widenColumn(
  table: ReleaseTable,
  name: string,
  column: ReleaseColumn,
  collation: string,
): string {
  return `ALTER TABLE ${quote(name)} MODIFY COLUMN ${formatColumn(table, column, collation)}`;
}

export function indexName(index: readonly string[]): string {
  return index.join('_').slice(0, 60);
}

function formatIndex(index: readonly string[]): string {
  return `KEY ${quote(indexName(index))} (${index.map(quote).join(', ')})`;
}

function formatColumn(
  { key }: ReleaseTable,
  { column, type, isCode }: ReleaseColumn,
  collation: string,
): string {
  const isText = type.kind === 'string' || type.kind === 'text' || type.kind === 'longtext';
  const collate = isCode && isText ? ` COLLATE ${collation}` : '';
  return `${quote(column)} ${sqlType(type)}${collate} ${key?.includes(column) === true ? 'NOT NULL' : 'NULL'}`;
}
