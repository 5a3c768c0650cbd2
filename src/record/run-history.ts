import type { Session } from '../db/pool.ts';
import { toSqlDateTime } from '../lib/time.ts';
import type { RunStatus } from './run-log.ts';

/** When a run of a source started and ended. Times are `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export type RunTimes = {
  readonly mode: string;
  readonly status: RunStatus;
  readonly start: string;
  readonly end: string | null;
  readonly message: string | null;
};

/** Reads the newest runs of a source since some instant, in the order of their starts. @param from milliseconds. */
export async function readRunTimes(
  session: Session,
  source: string,
  from: number,
  limit: number,
): Promise<RunTimes[]> {
  const rows = await session.select<RunTimes>(
    'SELECT mode, status, sync_start AS start, sync_end AS end, error_message AS message FROM etl_sync_log ' +
      "WHERE source = ? AND sync_start >= ? AND status <> 'skipped' " +
      `ORDER BY sync_start DESC, id DESC LIMIT ${Math.trunc(limit)}`,
    [source, toSqlDateTime(from)],
  );
  return rows.toReversed();
}

/** The records of the runs that started on one day. */
export type DayCounts = {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly rejected: number;
};

/** Sums the records of all runs by day, in order; days without a run are missing. @param from milliseconds. */
export async function sumRecordsByDay(session: Session, from: number): Promise<DayCounts[]> {
  // A sum is a DECIMAL, which the driver returns as text.
  const rows = await session.select<Record<keyof DayCounts, string | number>>(
    'SELECT CAST(DATE(sync_start) AS CHAR) AS day, SUM(records_inserted) AS inserted, SUM(records_updated) AS updated, ' +
      'SUM(records_deleted) AS deleted, SUM(records_rejected) AS rejected FROM etl_sync_log ' +
      'WHERE sync_start >= ? GROUP BY 1 ORDER BY 1',
    [toSqlDateTime(from)],
  );
  return rows.map((row) => ({
    day: String(row.day),
    inserted: Number(row.inserted),
    updated: Number(row.updated),
    deleted: Number(row.deleted),
    rejected: Number(row.rejected),
  }));
}

/** Counts the runs of all sources that failed since some instant. @param from milliseconds. */
export async function countFailedRuns(session: Session, from: number): Promise<number> {
  const [row] = await session.select<{ n: number }>(
    "SELECT COUNT(*) AS n FROM etl_sync_log WHERE sync_start >= ? AND status = 'failed'",
    [toSqlDateTime(from)],
  );
  return row?.n ?? 0;
}
