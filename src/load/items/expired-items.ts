import { placeholders } from '../../db/placeholders.ts';
import type { Session } from '../../db/pool.ts';
import { normalizeSqlDateTime } from '../../lib/time.ts';

/** A deleted item. `updatedAt` is `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export type ExpiredItem = { readonly id: number; readonly externalId: string; readonly updatedAt: string };

/** Reads items of a source that were deleted before a time, the oldest first. */
export async function readExpiredItems(
  session: Session,
  source: string,
  before: string,
  limit: number,
): Promise<ExpiredItem[]> {
  const rows = await session.select<ExpiredItem>(
    'SELECT id, external_id AS externalId, updated_at AS updatedAt FROM unified_items ' +
      `WHERE source_name = ? AND deleted_at < ? ORDER BY deleted_at, id LIMIT ${Math.trunc(limit)}`,
    [source, before],
  );
  return rows.map((row) => ({ ...row, updatedAt: normalizeSqlDateTime(row.updatedAt) }));
}

/** Removes items with their raw records. Must be called in a transaction. */
export async function removeItems(
  session: Session,
  source: string,
  items: readonly ExpiredItem[],
): Promise<void> {
  await session.run(
    `DELETE FROM raw_data WHERE source_name = ? AND external_id IN (${placeholders(items.length)})`,
    [source, ...items.map(({ externalId }) => externalId)],
  );
  await session.run(
    `DELETE FROM unified_items WHERE id IN (${placeholders(items.length)})`,
    items.map(({ id }) => String(id)),
  );
}
