import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { StoredRow } from '../model/stored-row.ts';
import { tablesOf } from './parts.ts';
import { keyColumn, quote } from './statement.ts';

/** Size of a stored payload; null: none is stored. */
export type PayloadSize = { readonly key: string; readonly bytes: number | null };

/** Reads payload sizes of the next rows in key order, including deleted rows. */
export async function readPayloadSizes(
  session: Session,
  dataset: Dataset,
  last: string,
  limit: number,
): Promise<PayloadSize[]> {
  const key = quote(keyColumn(dataset));
  const rows = await session.select<{ record_key: string; bytes: number | string | null }>(
    `SELECT t.${key} AS record_key, LENGTH(r.payload) AS bytes FROM ${quote(dataset.table)} t ` +
      `LEFT JOIN ${quote(dataset.rawTable)} r ON r.${key} = t.${key} ` +
      `WHERE t.${key} > ? ORDER BY t.${key} LIMIT ${Math.trunc(limit)}`,
    [last],
  );
  return rows.map(({ record_key, bytes }) => ({
    key: record_key,
    bytes: bytes === null ? null : Number(bytes),
  }));
}

/**
 * Reads whole rows: all tables of the dataset, and the payload.
 * @param skipped indexes of fields that are not read.
 * @param isLocked whether to lock the rows: the main table first and in key order, as the loader does.
 */
export async function readRows(
  session: Session,
  dataset: Dataset,
  keys: readonly string[],
  skipped: ReadonlySet<number>,
  isLocked: boolean,
): Promise<StoredRow[]> {
  const key = quote(keyColumn(dataset));
  const suffix = isLocked ? ' FOR UPDATE' : '';
  const within = `IN (${placeholders(keys.length)}) ORDER BY`;
  if (isLocked) {
    await session.select(
      `SELECT ${key} AS record_key FROM ${quote(dataset.table)} WHERE ${key} ${within} ${key}${suffix}`,
      keys,
    );
  }
  const isRead = (table: string): boolean =>
    dataset.fields.some(
      (field, position) => (field.table ?? dataset.table) === table && !skipped.has(position),
    );
  const tables = tablesOf(dataset).filter(isRead);
  const columns = dataset.fields.flatMap(({ table, column }, position) =>
    skipped.has(position)
      ? []
      : [`, t${tables.indexOf(table ?? dataset.table)}.${quote(column)} AS c${position}`],
  );
  const sides = tables
    .slice(1)
    .map((table, index) => `LEFT JOIN ${quote(table)} t${index + 1} ON t${index + 1}.${key} = t0.${key} `);
  const rows = await session.select<Record<string, string | number | null>>(
    `SELECT t0.${key} AS record_key, t0.content_hash AS hash, r.payload AS payload${columns.join('')} ` +
      `FROM ${quote(dataset.table)} t0 ${sides.join('')}LEFT JOIN ${quote(dataset.rawTable)} r ON r.${key} = t0.${key} ` +
      `WHERE t0.${key} ${within} t0.${key}${suffix}`,
    keys,
  );
  return rows.map((row) => ({
    key: String(row['record_key']),
    hash: String(row['hash']),
    payload: toText(row['payload']),
    values: dataset.fields.map((_, position) => toText(row[`c${position}`])),
  }));
}

function toText(value: string | number | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
