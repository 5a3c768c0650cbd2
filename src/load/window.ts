import { placeholders } from '../db/placeholders.ts';
import type { Session, SqlValue } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import { normalizeSqlDateTime } from '../lib/time.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { columnFor, keyColumn } from './statement.ts';
import { cursorField } from '../dataset/reading.ts';

/** Bounds of the cursor column, `YYYY-MM-DD hh:mm:ss.mmm` UTC. Includes `from`, excludes `to`. */
export type SqlWindow = { readonly from: string | undefined; readonly to: string | undefined };

export async function countInWindow(session: Session, dataset: Dataset, window: SqlWindow): Promise<number> {
  const { where, values } = windowCondition(dataset, window);
  const [row] = await session.select<{ n: number }>(
    `SELECT COUNT(*) AS n FROM ${dataset.table} WHERE deleted_at IS NULL${where}`,
    values,
  );
  return row?.n ?? 0;
}

/** Finds the instant that splits the window's rows in half; undefined if there is none inside the window. */
export async function findMiddle(
  session: Session,
  dataset: Dataset,
  window: SqlWindow,
  rows: number,
): Promise<string | undefined> {
  const { where, values } = windowCondition(dataset, window);
  const column = columnFor(dataset, cursorField(dataset));
  const [row] = await session.select<{ at: string | null }>(
    `SELECT ${column} AS at FROM ${dataset.table} WHERE deleted_at IS NULL${where} ` +
      `ORDER BY ${column} LIMIT 1 OFFSET ${Math.trunc(rows / 2)}`,
    values,
  );
  const at = row?.at == null ? undefined : normalizeSqlDateTime(row.at);
  return at === window.from ? undefined : at;
}

/** Reads the versions of these keys, without deleted rows and regardless of any window. */
export async function readVersions(
  session: Session,
  dataset: Dataset,
  keys: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const part of chunk(keys, 1000)) {
    const sql = `${formatSelectVersions(dataset)} WHERE deleted_at IS NULL AND ${keyColumn(dataset)} IN (${placeholders(part.length)})`;
    for (const [key, version] of toVersions(await session.select(sql, part))) found.set(key, version);
  }
  return found;
}

/** Reads which of these keys belong to deleted rows. */
export async function readDeletedKeys(
  session: Session,
  dataset: Dataset,
  keys: readonly string[],
): Promise<Set<string>> {
  const key = keyColumn(dataset);
  const found = new Set<string>();
  for (const part of chunk([...new Set(keys)], 1000)) {
    const rows = await session.select<{ key: string }>(
      `SELECT ${key} AS \`key\` FROM ${dataset.table} WHERE deleted_at IS NOT NULL AND ${key} IN (${placeholders(part.length)})`,
      part,
    );
    for (const row of rows) found.add(row.key);
  }
  return found;
}

function formatSelectVersions(dataset: Dataset): string {
  const version = dataset.version === undefined ? "''" : columnFor(dataset, dataset.version);
  return `SELECT ${keyColumn(dataset)} AS \`key\`, ${version} AS version FROM ${dataset.table}`;
}

function toVersions(rows: readonly { key: string; version: string }[]): Map<string, string> {
  return new Map(rows.map((row) => [row.key, normalizeSqlDateTime(row.version)]));
}

/** Returns an SQL condition for rows in the window, to append to others, and its values. */
export function windowCondition(
  dataset: Dataset,
  { from, to }: SqlWindow,
): { where: string; values: SqlValue[] } {
  const column = columnFor(dataset, cursorField(dataset));
  return {
    where: `${from === undefined ? '' : ` AND ${column} >= ?`}${to === undefined ? '' : ` AND ${column} < ?`}`,
    values: [...(from === undefined ? [] : [from]), ...(to === undefined ? [] : [to])],
  };
}
