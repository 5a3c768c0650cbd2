import type { Session } from '../db/pool.ts';
import { normalizeSqlDateTime } from '../lib/time.ts';

/** Records that deleted rows with an `updated_at` up to this time are purged. Must be called in the transaction that purges them. */
export async function savePurgedTo(
  session: Session,
  dataset: string,
  { purgedTo, run }: { readonly purgedTo: string; readonly run: number },
): Promise<void> {
  await session.run(
    'INSERT INTO etl_purge (dataset, purged_to, run_id) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE ' +
      'run_id = IF(VALUES(purged_to) > purged_to, VALUES(run_id), run_id), purged_to = GREATEST(purged_to, VALUES(purged_to))',
    [dataset, purgedTo, String(run)],
  );
}

/** Reads up to which `updated_at` deleted rows are purged: `YYYY-MM-DD hh:mm:ss.mmm` UTC; undefined if none is. */
export async function readPurgedTo(session: Session, dataset: string): Promise<string | undefined> {
  const [row] = await session.select<{ at: string }>(
    'SELECT purged_to AS at FROM etl_purge WHERE dataset = ?',
    [dataset],
  );
  return row === undefined ? undefined : normalizeSqlDateTime(row.at);
}
