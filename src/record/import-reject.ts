import type { Session } from '../db/pool.ts';

/** Counts the lines of an import that could not be rows, and were not replayed. */
export async function countOpenRejects(session: Session, id: number): Promise<number> {
  const [row] = await session.select<{ n: number }>(
    'SELECT COUNT(*) AS n FROM etl_import_reject WHERE import_id = ? AND replayed_at IS NULL',
    [String(id)],
  );
  return row?.n ?? 0;
}
