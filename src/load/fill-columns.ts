import { placeholders } from '../db/placeholders.ts';
import type { Session, SqlValue } from '../db/pool.ts';
import { statementBytes } from '../db/size.ts';
import { RowRefusedError } from '../errors.ts';
import { chunk } from '../lib/chunk.ts';
import type { Field, Dataset } from '../dataset/dataset.ts';
import { insertOrUpdate, keyColumn, quote } from './statement.ts';

/** A row that is locked, with what an INSERT of it has to name. */
export type LockedRow = {
  readonly key: string;
  readonly hash: string;
  readonly required: readonly (string | null)[];
  /** Null: none is kept. */
  readonly payload: string | null;
};

/** What a row's new columns get. */
export type NewValues = {
  readonly row: LockedRow;
  /** One a field. */
  readonly values: readonly (string | null)[];
  readonly hash: string;
};

/** The next keys in order. */
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
 * Locks rows, then reads their payloads. The rows first and in the order of their keys, as the loader does: then neither
 * waits for the other in a circle, and no payload is newer than its row. Read with a lock too, as TiDB would else give the
 * payload of when the transaction began.
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

/** Writes new columns of rows that are locked. @returns keys of rows that the server refuses. */
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
    const places = fields.flatMap((field, place) =>
      (field.table ?? dataset.table) === table ? [place] : [],
    );
    const own = places.map((place) => fields[place]!.column);
    const isMain = table === dataset.table;
    const columns = [keyColumn(dataset), ...(isMain ? [...required, 'content_hash'] : []), ...own];
    const replaced = isMain ? ['content_hash', ...own] : own;
    const bind = ({ row, values, hash }: NewValues): SqlValue[] => [
      row.key,
      ...(isMain ? [...row.required, hash] : []),
      ...places.map((place) => values[place] ?? null),
    ];
    const statement = (count: number): string => insertOrUpdate(dataset, table, columns, replaced, count);
    const most = Math.floor(MAX_PLACEHOLDERS / columns.length);
    const weigh = (row: NewValues): number => statementBytes('', bind(row)) + 3 * columns.length;
    for (const part of chunk(rows, most, maxBytes, weigh)) {
      await writeByHalves(session, part, statement, bind, refused);
    }
  }
  return refused;
}

/** MySQL's limit for one prepared statement. */
const MAX_PLACEHOLDERS = 65_535;

/** Rows of a statement that is refused are tried by halves: one that no value fits must not hold up the others. */
async function writeByHalves(
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
    await writeByHalves(session, rows.slice(0, half), statement, bind, refused);
    await writeByHalves(session, rows.slice(half), statement, bind, refused);
  }
}
