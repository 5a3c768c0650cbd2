import type { Session } from '../db/pool.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { normalizeSqlDateTime } from '../lib/time.ts';
import { keyColumn } from './statement.ts';

/** A row that was deleted long ago. Times are `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export type PurgeableRow = { readonly key: string; readonly deletedAt: string; readonly updatedAt: string };

/**
 * Reads rows that were deleted before a time, the oldest first.
 * @param after the last row of the batch before; undefined: the first batch.
 */
export async function readPurgeableRows(
  session: Session,
  dataset: Dataset,
  { before, after }: { readonly before: string; readonly after: PurgeableRow | undefined },
  limit: number,
): Promise<PurgeableRow[]> {
  const key = keyColumn(dataset);
  const place =
    after === undefined ? '' : ` AND deleted_at >= ? AND (deleted_at > ? OR (deleted_at = ? AND ${key} > ?))`;
  const { deletedAt = '', key: last = '' } = after ?? {};
  const rows = await session.select<PurgeableRow>(
    `SELECT ${key} AS \`key\`, deleted_at AS deletedAt, updated_at AS updatedAt FROM ${dataset.table} ` +
      `WHERE deleted_at < ?${place} ORDER BY deleted_at, ${key} LIMIT ${Math.trunc(limit)}`,
    [before, ...(after === undefined ? [] : [deletedAt, deletedAt, deletedAt, last])],
  );
  return rows.map((row) => ({
    key: row.key,
    deletedAt: normalizeSqlDateTime(row.deletedAt),
    updatedAt: normalizeSqlDateTime(row.updatedAt),
  }));
}
