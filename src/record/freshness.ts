import type { Session } from '../db/pool.ts';
import { fromSqlDateTime } from '../lib/time.ts';
import { readUnlicensedResources } from './run-log.ts';
import { readWatermarks, type Watermark } from './watermark.ts';

/**
 * Milliseconds since all of these datasets were last known to match the feed, which is the age of the one that was read
 * completely the longest time ago. Null: one of them was never read completely.
 */
export function computeAge(
  watermarks: readonly Watermark[],
  resources: readonly string[],
  now: number,
): number | null {
  const completed = completionTimes(watermarks, resources);
  return completed.length < resources.length ? null : computeMaxAge(completed, now);
}

/** The same, but ignores datasets that were never read completely: they must not hide that the others get old. */
export function computeKnownAge(
  watermarks: readonly Watermark[],
  resources: readonly string[],
  now: number,
): number | null {
  return computeMaxAge(completionTimes(watermarks, resources), now);
}

/** When each dataset was last read completely. */
function completionTimes(watermarks: readonly Watermark[], resources: readonly string[]): number[] {
  return resources.flatMap(
    (name) => watermarks.find((watermark) => watermark.resource === name)?.completeAt ?? [],
  );
}

function computeMaxAge(times: readonly number[], now: number): number | null {
  return times.length === 0 ? null : Math.max(0, now - Math.min(...times));
}

/** Computes the age from the database. Ignores unlicensed datasets, which cannot be up to date. */
export async function readAge(
  session: Session,
  resources: readonly string[],
  now: () => number,
): Promise<number | null> {
  const watermarks = await readWatermarks(session);
  return computeAge(watermarks, await excludeUnlicensed(session, resources), now());
}

/** Computes the known age of licensed datasets from the database. */
export async function readKnownAge(
  session: Session,
  resources: readonly string[],
  now: () => number,
): Promise<number | null> {
  const watermarks = await readWatermarks(session);
  return computeKnownAge(watermarks, await excludeUnlicensed(session, resources), now());
}

async function excludeUnlicensed(session: Session, resources: readonly string[]): Promise<string[]> {
  const unlicensed = await readUnlicensedResources(session, resources);
  return resources.filter((name) => !unlicensed.has(name));
}

/** Reads when the last successful reconcile started, in milliseconds since the epoch: no earlier deletion was missed. */
export async function readLastReconcile(session: Session): Promise<number | undefined> {
  const [row] = await session.select<{ at: string | null }>(
    "SELECT MAX(sync_start) AS at FROM etl_sync_log WHERE source = 'trestle' AND mode = 'reconcile' AND status IN ('success', 'partial') AND error_message IS NULL",
  );
  return row?.at == null ? undefined : fromSqlDateTime(row.at);
}
