import type { Session } from '../db/pool.ts';
import { toSqlDateTime } from '../lib/time.ts';

/** Runs of a day every three minutes. */
const MAX_RUNS = 500;

/** Reads whether a run since then could not request child records with their parents. @param since milliseconds. */
export async function readExpansionFailure(
  session: Session,
  source: string,
  since: number,
): Promise<boolean> {
  const rows = await session.select(
    `SELECT 1 FROM (SELECT detail, sync_start FROM etl_sync_log WHERE source = ? ORDER BY id DESC LIMIT ${MAX_RUNS}) AS runs ` +
      `WHERE sync_start >= ? AND detail LIKE '%"expansionFailed"%' LIMIT 1`,
    [source, toSqlDateTime(since)],
  );
  return rows.length > 0;
}
