import { placeholders } from '../../db/placeholders.ts';
import type { Session } from '../../db/pool.ts';
import { normalizeSqlDateTime } from '../../lib/time.ts';

/** A deleted item. `updatedAt` is `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export type PurgeableItem = { readonly id: number; readonly externalId: string; readonly updatedAt: string };

/**
 * Reads items of a source that were deleted before a time, the oldest first. An item whose record came again and cannot be mapped
 * stays: nothing else has the record. Must be called in a transaction: the rows are locked.
 */
export async function readPurgeableItems(
  session: Session,
  source: string,
  before: string,
  limit: number,
): Promise<PurgeableItem[]> {
  const rows = await session.select<PurgeableItem>(
    'SELECT id, external_id AS externalId, updated_at AS updatedAt FROM unified_items ' +
      'WHERE source_name = ? AND deleted_at < ? AND NOT EXISTS (SELECT 1 FROM raw_data r WHERE r.source_name = ' +
      'unified_items.source_name AND r.external_id = unified_items.external_id AND r.processed = 0) ' +
      `ORDER BY deleted_at, id LIMIT ${Math.trunc(limit)} FOR UPDATE`,
    [source, before],
  );
  return rows.map((row) => ({ ...row, updatedAt: normalizeSqlDateTime(row.updatedAt) }));
}

/**
 * Removes items, and their raw records unless an item of another type has the same id. Must be called in the transaction that
 * read them.
 */
export async function removeItems(
  session: Session,
  source: string,
  items: readonly PurgeableItem[],
): Promise<void> {
  const ids = items.map(({ externalId }) => externalId);
  await session.run(
    `DELETE FROM unified_items WHERE id IN (${placeholders(items.length)})`,
    items.map(({ id }) => String(id)),
  );
  const kept = await session.select<{ id: string }>(
    `SELECT external_id AS id FROM unified_items WHERE source_name = ? AND external_id IN (${placeholders(ids.length)})`,
    [source, ...ids],
  );
  const others = new Set(kept.map(({ id }) => id));
  const gone = ids.filter((id) => !others.has(id));
  if (gone.length === 0) return;
  await session.run(
    `DELETE FROM raw_data WHERE source_name = ? AND processed = 1 AND external_id IN (${placeholders(gone.length)})`,
    [source, ...gone],
  );
}
