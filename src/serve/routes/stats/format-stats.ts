import { fromSqlDateTime } from '../../../lib/time.ts';
import type { LoggedRun } from '../../../record/run-log.ts';
import type { RunStats } from '../../../record/run-stats.ts';
import type { Stats } from './schema.ts';

/** @param since milliseconds since the epoch. */
export function formatStats(stats: readonly RunStats[], runs: readonly LoggedRun[], since: number): Stats {
  return {
    since: new Date(since).toISOString(),
    totals: formatSums(stats),
    sources: stats.map((each) => ({
      source: each.source,
      ...formatSums([each]),
      last_run: each.lastRun === undefined ? null : formatRun(each.lastRun),
    })),
    recent_runs: runs.map(formatRun),
  };
}

function formatSums(stats: readonly RunStats[]): Stats['totals'] {
  const add = (of: (each: RunStats) => number): number => stats.reduce((sum, each) => sum + of(each), 0);
  const runs = add((each) => each.runs);
  return {
    runs,
    succeeded: add((each) => each.succeeded),
    partial: add((each) => each.partial),
    failed: add((each) => each.failed),
    success_rate: runs === 0 ? null : round(add((each) => each.completed) / runs),
    records: {
      processed: add(({ records }) => records.processed),
      inserted: add(({ records }) => records.inserted),
      updated: add(({ records }) => records.updated),
      unchanged: add(({ records }) => records.unchanged),
      rejected: add(({ records }) => records.rejected),
      deleted: add(({ records }) => records.deleted),
    },
    api_calls: add((each) => each.apiCalls),
  };
}

/** The text of an error is left out: it may name hosts and paths. */
function formatRun(run: LoggedRun): Stats['recent_runs'][number] {
  const start = fromSqlDateTime(run.sync_start);
  const end = run.sync_end === null ? null : fromSqlDateTime(run.sync_end);
  return {
    run_id: run.id,
    source: run.source,
    mode: run.mode,
    status: run.status,
    started_at: new Date(start).toISOString(),
    ended_at: end === null ? null : new Date(end).toISOString(),
    duration_seconds: end === null ? null : (end - start) / 1000,
    records: {
      processed: run.records_processed,
      inserted: run.records_inserted,
      updated: run.records_updated,
      unchanged: run.records_unchanged,
      rejected: run.records_rejected,
      deleted: run.records_deleted,
    },
    pages: run.pages,
    api_calls: run.api_calls_made,
    checkpoint_before: run.watermark_before,
    checkpoint_after: run.watermark_after,
  };
}

function round(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}
