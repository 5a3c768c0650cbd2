import type { Session } from '../../../db/pool.ts';
import { type Column, type Row, selectColumns, toRecord } from '../../list/column.ts';

/** A table whose rows belong to listings. */
export type Children = {
  readonly columns: readonly Column[];
  /** SQL after FROM. */
  readonly table: string;
  /** The column with the key of the listing. */
  readonly parent: string;
  /** SQL that a row must meet, with its values. */
  readonly where: string;
  readonly values?: readonly string[];
  readonly orderBy: string;
};

/** Rows of one listing at most. */
const MAX_ROWS = 1000;

export type ChildRecord = Record<string, unknown>;

/**
 * Reads the rows of these listings in one statement.
 * @returns the records of each listing, by its key; a listing without rows has an empty list.
 */
export async function readChildren(
  database: Session,
  { columns, table, parent, where, values = [], orderBy }: Children,
  keys: readonly string[],
): Promise<ReadonlyMap<string, ChildRecord[]>> {
  const found = new Map(keys.map((key): [string, ChildRecord[]] => [key, []]));
  if (keys.length === 0) return found;
  const rows = await database.select<Row>(
    `SELECT ${selectColumns(columns)}, ${parent} AS of_listing FROM ${table} ` +
      `WHERE ${parent} IN (${keys.map(() => '?').join(', ')}) AND ${where} ` +
      `ORDER BY ${orderBy} LIMIT ${MAX_ROWS * keys.length}`,
    [...keys, ...values],
  );
  for (const row of rows) {
    const records = found.get(String(row['of_listing']));
    if (records !== undefined && records.length < MAX_ROWS) records.push(toRecord(columns, row));
  }
  return found;
}
