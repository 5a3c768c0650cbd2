import type { Session } from '../db/pool.ts';
import { toSqlDateTime } from '../lib/time.ts';
import { type LoggedRun, RUN_COLUMNS } from './run-log.ts';

/** The runs of one source since some instant. A run that found another one active is not counted. */
export type RunStats = {
  readonly source: string;
  /** Runs that ended. */
  readonly runs: number;
  readonly succeeded: number;
  /** Completed, with some records or datasets left out; or stopped. */
  readonly partial: number;
  readonly failed: number;
  /** Runs that completed: `partial` without those that were stopped. */
  readonly completed: number;
  readonly records: Readonly<
    Record<'processed' | 'inserted' | 'updated' | 'unchanged' | 'rejected' | 'deleted', number>
  >;
  readonly apiCalls: number;
  readonly lastRun: LoggedRun | undefined;
};

const COUNTS = ['processed', 'inserted', 'updated', 'unchanged', 'rejected', 'deleted'] as const;

/** Sums of BIGINT are DECIMAL, which the driver returns as text. */
type Sums = Readonly<Record<string, string | number | null>> & {
  readonly source: string;
  readonly newest: string;
};

/** @param since milliseconds since the epoch. */
export async function readRunStats(session: Session, since: number): Promise<RunStats[]> {
  const from = [toSqlDateTime(since)];
  const isSince = "sync_start >= ? AND status <> 'skipped'";
  const sums = await session.select<Sums>(
    `SELECT source, SUM(status <> 'running') AS runs, SUM(status = 'success') AS succeeded, SUM(status = 'partial') AS \`partial\`, ` +
      `SUM(status = 'failed') AS failed, SUM(status = 'partial' AND error_message IS NULL) AS completed, ` +
      `${COUNTS.map((name) => `SUM(records_${name}) AS ${name}`).join(', ')}, SUM(api_calls_made) AS api_calls ` +
      `FROM etl_sync_log WHERE ${isSince} GROUP BY source ORDER BY source`,
    from,
  );
  const runs = await session.select<LoggedRun>(
    `SELECT ${RUN_COLUMNS} FROM etl_sync_log JOIN (SELECT source AS its_source, MAX(sync_start) AS newest FROM etl_sync_log ` +
      `WHERE ${isSince} GROUP BY source) last_runs ON source = its_source AND sync_start = newest WHERE ${isSince} ORDER BY id DESC`,
    [...from, ...from],
  );
  return sums.map((row) => toStats(row, runs));
}

function toStats(row: Sums, runs: readonly LoggedRun[]): RunStats {
  const count = (name: string): number => Number(row[name] ?? 0);
  return {
    source: row.source,
    runs: count('runs'),
    succeeded: count('succeeded'),
    partial: count('partial'),
    failed: count('failed'),
    completed: count('succeeded') + count('completed'),
    records: Object.fromEntries(COUNTS.map((name) => [name, count(name)])) as RunStats['records'],
    apiCalls: count('api_calls'),
    lastRun: runs.find(({ source }) => source === row.source),
  };
}
