import { fromSqlDateTime, MINUTE_MS } from '../../lib/time.ts';
import type { RunTime } from '../../model/run-lines.ts';
import { readCallsOfRun } from '../../record/api-usage.ts';
import { type LoggedRun, readRun } from '../../record/run-log.ts';
import { hasTables } from '../../record/tables.ts';
import type { ServeTools } from '../tools.ts';
import type { RunDetails } from './pages/run-page.ts';

const MAX_LINES = 200;
const SLACK_MS = MINUTE_MS;

/** Reads a run, its requests and its log; undefined if there is no such run. */
export async function readRunDetails(
  { database, dashboard, clock }: Pick<ServeTools, 'database' | 'dashboard' | 'clock'>,
  id: number,
): Promise<RunDetails | undefined> {
  if (!(await hasTables(database))) return undefined;
  const run = await readRun(database, id);
  if (run === undefined) return undefined;
  const calls = await readCallsOfRun(database, id);
  const log = await dashboard.readRunLines(findTime(run, clock.now()), MAX_LINES);
  return { run, calls, log, logDir: dashboard.logDir };
}

/** The last lines are written after the end is stored. */
function findTime({ id, sync_start: start, sync_end: end }: LoggedRun, now: number): RunTime {
  const to = end === null ? now : fromSqlDateTime(end);
  return { id, from: fromSqlDateTime(start) - SLACK_MS, to: to + SLACK_MS };
}
