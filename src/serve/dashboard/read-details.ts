import type { ResourceDetail } from '../../record/run-log.ts';

/** Reads the counts of each dataset of a run. @param stored `etl_sync_log.detail`, as JSON or parsed. */
export function readDetails(stored: unknown): [string, ResourceDetail][] {
  try {
    const details: unknown = typeof stored === 'string' ? JSON.parse(stored) : stored;
    return typeof details === 'object' && details !== null
      ? Object.entries(details as Record<string, ResourceDetail>).filter(
          ([, each]) => typeof each === 'object' && each !== null,
        )
      : [];
  } catch {
    return [];
  }
}
