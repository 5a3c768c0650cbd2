import type { Session } from '../db/pool.ts';
import { fromSqlDateTime } from '../lib/time.ts';
import { unlicensedResources } from './run-log.ts';
import { readWatermarks, type Watermark } from './watermark.ts';

/**
 * Milliseconds since all of these resources were last proven to be in step with the feed: since the one that was proven
 * longest ago was read to its end. Null: one of them never was.
 */
export function ageOf(
  watermarks: readonly Watermark[],
  resources: readonly string[],
  now: number,
): number | null {
  const proven = provenOf(watermarks, resources);
  return proven.length < resources.length ? null : oldest(proven, now);
}

/** The same of those that ever were: a resource that never got there must not hide that the others get old. */
export function knownAgeOf(
  watermarks: readonly Watermark[],
  resources: readonly string[],
  now: number,
): number | null {
  return oldest(provenOf(watermarks, resources), now);
}

/** When each was last read to its end. */
function provenOf(watermarks: readonly Watermark[], resources: readonly string[]): number[] {
  return resources.flatMap(
    (name) => watermarks.find((watermark) => watermark.resource === name)?.completeAt ?? [],
  );
}

function oldest(times: readonly number[], now: number): number | null {
  return times.length === 0 ? null : Math.max(0, now - Math.min(...times));
}

/** `ageOf` what is in the database; what is not licensed can't be in step, and does not count. */
export async function freshAge(
  session: Session,
  resources: readonly string[],
  now: () => number,
): Promise<number | null> {
  const watermarks = await readWatermarks(session);
  return ageOf(watermarks, await licensed(session, resources), now());
}

/** `knownAgeOf` what is in the database, of what is licensed. */
export async function knownAge(
  session: Session,
  resources: readonly string[],
  now: () => number,
): Promise<number | null> {
  const watermarks = await readWatermarks(session);
  return knownAgeOf(watermarks, await licensed(session, resources), now());
}

async function licensed(session: Session, resources: readonly string[]): Promise<string[]> {
  const unlicensed = await unlicensedResources(session, resources);
  return resources.filter((name) => !unlicensed.has(name));
}

/** When a reconcile last went well, in milliseconds of the epoch: until then no deletion can have been missed. */
export async function lastReconcile(session: Session): Promise<number | undefined> {
  const [row] = await session.select<{ at: string | null }>(
    "SELECT MAX(sync_start) AS at FROM etl_sync_log WHERE source = 'trestle' AND mode = 'reconcile' AND status IN ('success', 'partial') AND error_message IS NULL",
  );
  return row?.at == null ? undefined : fromSqlDateTime(row.at);
}
