import type { Session } from '../db/pool.ts';
import { fromSqlDateTime } from '../lib/time.ts';
import type { Watermark } from './watermark.ts';

/**
 * Milliseconds since all of these resources were last proven to be in step with the feed: since the one that was proven
 * longest ago was read to its end. Null: one of them never was.
 */
export function ageOf(
  watermarks: readonly Watermark[],
  resources: readonly string[],
  now: number,
): number | null {
  const times = resources.map(
    (name) => watermarks.find((watermark) => watermark.resource === name)?.completeAt,
  );
  const known = times.filter((time) => time !== undefined);
  if (known.length < resources.length || known.length === 0) return null;
  return Math.max(0, now - Math.min(...known));
}

/** When a reconcile last went well, in milliseconds of the epoch: until then no deletion can have been missed. */
export async function lastReconcile(session: Session): Promise<number | undefined> {
  const [row] = await session.select<{ at: string | null }>(
    "SELECT MAX(sync_start) AS at FROM etl_sync_log WHERE mode = 'reconcile' AND status IN ('success', 'partial') AND error_message IS NULL",
  );
  return row?.at == null ? undefined : fromSqlDateTime(row.at);
}
