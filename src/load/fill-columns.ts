import { placeholders } from '../db/placeholders.ts';
import type { Session, SqlValue } from '../db/pool.ts';
import { statementBytes } from '../db/size.ts';
import { RowRefusedError } from '../errors.ts';
import { chunk } from '../lib/chunk.ts';
import type { Field, Dataset } from '../dataset/dataset.ts';
import { insertOrUpdate, keyColumn, MAX_PLACEHOLDERS, quote } from './statement.ts';

/** A locked row, with the values that an INSERT must name. */
export type LockedRow = {
  readonly key: string;
  readonly hash: string;
  readonly required: readonly (string | null)[];
  /** Null: none is stored. */
  readonly payload: string | null;
};

/** The values of a row's new columns. */
export type NewValues = {
  readonly row: LockedRow;
  /** One per field. */
  readonly values: readonly (string | null)[];
  readonly hash: string;
};

/** Reads the next keys in order. */
export async function readKeysAfter(
  session: Session,
  dataset: Dataset,
  last: string,
  limit: number,
): Promise<string[]> {
  const key = quote(keyColumn(dataset));
  const rows = await session.select<{ record_key: string }>(
    `SELECT ${key} AS record_key FROM ${quote(dataset.table)} WHERE ${key} > ? ORDER BY ${key} LIMIT ${Math.trunc(limit)}`,
    [last],
  );
  return rows.map((row) => row.record_key);
}

/**
 * Locks rows, then reads their payloads. Rows are locked first and in key order, as the loader does: this avoids deadlocks,
 * and no payload is newer than its row. Payloads are read with a lock too, because TiDB would otherwise return the payload
 * from the start of the transaction.
 */
export async function lockRows(
  session: Session,
  dataset: Dataset,
  keys: readonly string[],
  required: readonly string[],
): Promise<LockedRow[]> {
  const key = quote(keyColumn(dataset));
  const columns = required.map((column, index) => `, ${quote(column)} AS required_${index}`).join('');
  const rows = await session.select<Record<string, string | number | null>>(
    `SELECT ${key} AS record_key, content_hash AS hash${columns} FROM ${quote(dataset.table)} ` +
      `WHERE ${key} IN (${placeholders(keys.length)}) ORDER BY ${key} FOR UPDATE`,
    keys,
  );
  const found = await session.select<{ record_key: string; payload: string }>(
    `SELECT ${key} AS record_key, payload FROM ${quote(dataset.rawTable)} ` +
      `WHERE ${key} IN (${placeholders(keys.length)}) ORDER BY ${key} FOR UPDATE`,
    keys,
  );
  const payloads = new Map(found.map((row) => [row.record_key, row.payload]));
  return rows.map((row) => ({
    key: String(row['record_key']),
    hash: String(row['hash']),
    required: required.map((_, index) => {
      const value = row[`required_${index}`];
      return value == null ? null : String(value);
    }),
    payload: payloads.get(String(row['record_key'])) ?? null,
  }));
}

/** Writes new columns of locked rows. @returns keys of rows that the server refuses. */
export async function writeNewColumns(
  session: Session,
  dataset: Dataset,
  fields: readonly Field[],
  required: readonly string[],
  rows: readonly NewValues[],
  maxBytes: number,
): Promise<Set<string>> {
  const refused = new Set<string>();
  const tables = new Set([dataset.table, ...fields.map((field) => field.table ?? dataset.table)]);
  for (const table of tables) {
    const positions = fields.flatMap((field, position) =>
      (field.table ?? dataset.table) === table ? [position] : [],
    );
    const own = positions.map((position) => fields[position]!.column);
    const isMain = table === dataset.table;
    const columns = [keyColumn(dataset), ...(isMain ? [...required, 'content_hash'] : []), ...own];
    const replaced = isMain ? ['content_hash', ...own] : own;
    const bind = ({ row, values, hash }: NewValues): SqlValue[] => [
      row.key,
      ...(isMain ? [...row.required, hash] : []),
      ...positions.map((position) => values[position] ?? null),
    ];
    const statement = (count: number): string => insertOrUpdate(dataset, table, columns, replaced, count);
    const maxRows = Math.floor(MAX_PLACEHOLDERS / columns.length);
    const weigh = (row: NewValues): number => statementBytes('', bind(row)) + 3 * columns.length;
    for (const part of chunk(rows, maxRows, maxBytes, weigh)) {
      await writeBisecting(session, part, statement, bind, refused);
    }
  }
  return refused;
}

/** If a statement is refused, retries its rows by halves: one bad row must not block the others. */
async function writeBisecting(
  session: Session,
  rows: readonly NewValues[],
  statement: (count: number) => string,
  bind: (row: NewValues) => SqlValue[],
  refused: Set<string>,
): Promise<void> {
  try {
    await session.run(statement(rows.length), rows.flatMap(bind));
  } catch (error) {
    if (!(error instanceof RowRefusedError)) throw error;
    if (rows.length === 1) {
      refused.add(rows[0]!.row.key);
      return;
    }
    const half = Math.ceil(rows.length / 2);
    await writeBisecting(session, rows.slice(0, half), statement, bind, refused);
    await writeBisecting(session, rows.slice(half), statement, bind, refused);
  }
}
