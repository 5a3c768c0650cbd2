import { placeholders } from '../../db/placeholders.ts';
import type { Session } from '../../db/pool.ts';

/** Reads items of a source that are not deleted, and that this run did not write, in the order of their ids. */
export function listLiveItems(
  session: Session,
  source: string,
  run: number,
  after: number,
  limit: number,
): Promise<number[]> {
  return listIds(session, 'run_id <> ?', [source, String(after), String(run)], limit);
}

/** Reads items of a source that are not deleted, and that this run wrote, in the order of their ids. */
export function listItemsOfRun(
  session: Session,
  source: string,
  run: number,
  after: number,
  limit: number,
): Promise<number[]> {
  return listIds(session, 'run_id = ?', [source, String(after), String(run)], limit);
}

/** Reads items of a source that are not deleted, and have another type than it. */
export async function listItemsOfOtherTypes(
  session: Session,
  source: string,
  type: string,
  limit: number,
): Promise<number[]> {
  const rows = await session.select<{ id: number }>(
    'SELECT id FROM unified_items WHERE source_name = ? AND source_type <> ? AND deleted_at IS NULL ' +
      `LIMIT ${Math.trunc(limit)}`,
    [source, type],
  );
  return rows.map(({ id }) => id);
}

async function listIds(
  session: Session,
  condition: string,
  values: readonly string[],
  limit: number,
): Promise<number[]> {
  const rows = await session.select<{ id: number }>(
    `SELECT id FROM unified_items WHERE source_name = ? AND id > ? AND deleted_at IS NULL AND ${condition} ` +
      `ORDER BY id LIMIT ${Math.trunc(limit)}`,
    values,
  );
  return rows.map(({ id }) => id);
}

export async function countLiveItems(session: Session, source: string): Promise<number> {
  const [row] = await session.select<{ n: number }>(
    'SELECT COUNT(*) AS n FROM unified_items WHERE source_name = ? AND deleted_at IS NULL',
    [source],
  );
  return row?.n ?? 0;
}

/** Marks items as deleted. @param at `YYYY-MM-DD hh:mm:ss.mmm` UTC. @returns how many were marked. */
export async function markItemsDeleted(
  session: Session,
  ids: readonly number[],
  run: number,
  at: string,
): Promise<number> {
  const { matched } = await session.run(
    'UPDATE unified_items SET deleted_at = ?, updated_at = ?, run_id = ? ' +
      `WHERE deleted_at IS NULL AND id IN (${placeholders(ids.length)})`,
    [at, at, String(run), ...ids.map(String)],
  );
  return matched;
}
