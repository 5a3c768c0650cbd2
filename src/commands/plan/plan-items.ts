import type { Context } from '../../app/context.ts';
import type { Session } from '../../db/pool.ts';
import { UsageError } from '../../errors.ts';
import { fromSqlDateTime } from '../../lib/time.ts';
import { type LoggedRun, readLastRuns } from '../../record/run-log.ts';
import { hasTables } from '../../record/tables.ts';
import type { PlanMode } from '../../run/plan.ts';
import { readItemReports } from '../../report/read-source-reports.ts';
import { formatItemsPlan, type PlannedItems } from './format-items.ts';
import type { PlanFlags } from './index.ts';

/** Runs that the estimate is taken from. */
const MAX_RUNS = 10;

/**
 * Shows what runs of sources of items would take, as their last runs did. Sends no request.
 * @param source the only source to show; all of them unless given.
 * @throws UsageError for a reconcile: only a feed has one.
 */
export async function showItemsPlan(
  context: Context,
  source: string | undefined,
  mode: PlanMode,
  flags: PlanFlags,
  print: (text: string) => void,
): Promise<void> {
  if (mode === 'reconcile') {
    throw new UsageError('reconcile is for a feed: deletes in sources.yaml finds items that are gone', {
      op: 'plan',
      hint: `trestle-etl plan${source === undefined ? '' : ` --source ${source}`}`,
    });
  }
  const { database, tools } = context;
  const sources = context.sources.filter(({ id }) => source === undefined || id === source);
  const reports = await readItemReports({ ...context, sources });
  const tablesExist = await hasTables(database);
  const planned: PlannedItems['sources'][number][] = [];
  for (const { source: id, type, checkpoint, dueAt, state } of reports) {
    const runs = tablesExist ? await readBasis(database, id, mode) : [];
    planned.push({ source: id, type, state, checkpoint, dueAt, ...estimate(runs) });
  }
  const at = new Date(tools.clock.now()).toISOString();
  const report: PlannedItems = { mode, at, asked: 0, sources: planned };
  print(flags.json === true ? JSON.stringify(report, null, 2) : formatItemsPlan(report));
}

/** Reads the last runs that were complete; of the same mode, if there are any. */
async function readBasis(session: Session, source: string, mode: PlanMode): Promise<LoggedRun[]> {
  const all = (await readLastRuns(session, 50, source)).filter(
    ({ sync_end: end, status, mode: own }) =>
      end !== null && ['success', 'partial'].includes(status) && ['sync', 'full-load'].includes(own),
  );
  const same = all.filter((run) => run.mode === mode);
  return (same.length > 0 ? same : all).slice(0, MAX_RUNS);
}

type Estimate = Pick<PlannedItems['sources'][number], 'requests' | 'records' | 'ms' | 'runs'>;

/** The averages of runs; null without a run. */
function estimate(runs: readonly LoggedRun[]): Estimate {
  const average = (of: (run: LoggedRun) => number): number | null =>
    runs.length === 0 ? null : Math.round(runs.reduce((sum, run) => sum + of(run), 0) / runs.length);
  return {
    requests: average((run) => run.api_calls_made),
    records: average((run) => run.records_processed),
    ms: average((run) => fromSqlDateTime(run.sync_end!) - fromSqlDateTime(run.sync_start)),
    runs: runs.length,
  };
}
