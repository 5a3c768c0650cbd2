import type { Context } from '../app/context.ts';
import type { Session } from '../db/pool.ts';
import { DAY_MS, fromSqlDateTime } from '../lib/time.ts';
import type { Reason } from '../model/row.ts';
import { readCallsByHour } from '../record/api-usage.ts';
import { listQuarantined } from '../record/quarantine.ts';
import { countFailedRuns, readRunTimes, sumRecordsByDay } from '../record/run-history.ts';
import { readLastCount } from '../record/run-log.ts';
import { hasTables } from '../record/tables.ts';
import { deriveLag, thinLag } from './derive-lag.ts';
import { findFeed } from './find-feed.ts';
import type { Overview, ParityCount, QuarantinedRecord } from './overview.ts';
import { readSourceReports } from './read-source-reports.ts';
import type { StatusReport } from './status-report.ts';

const LAG_DAYS = 7;
const COUNT_DAYS = 14;
const CALL_DAYS = 2;
/** An older count says nothing of the present. */
const PARITY_DAYS = 30;
/** Runs that the lag is derived from: one every two minutes for seven days. */
const MAX_RUNS = 5000;
const MAX_LAG_POINTS = 600;
const MAX_SYNCS = 60;
const MAX_QUARANTINED = 10;

type OverviewContext = Pick<Context, 'sources' | 'sourceNamed' | 'tools'> & {
  readonly database: Session;
  /** What `verify` counted last. */
  readonly verified: readonly ParityCount[];
};

/** Reads what the dashboard shows, beside the status. Sends no request. */
export async function readOverview(context: OverviewContext, status: StatusReport): Promise<Overview> {
  const { database } = context;
  const feed = findFeed(context);
  const now = Date.parse(status.at);
  const sources = await readSourceReports(context);
  const head = { status, feed: feed ?? null, hasTables: true, sources };
  if (!(await hasTables(database))) {
    const history = { lag: [], syncStarts: [], days: [], hours: [], parity: [] };
    return { ...head, hasTables: false, ...history, failedRuns: 0, quarantined: [] };
  }
  const from = now - LAG_DAYS * DAY_MS;
  const runs = feed === undefined ? [] : await readRunTimes(database, feed, from, MAX_RUNS);
  return {
    ...head,
    lag: thinLag(deriveLag(runs, now), MAX_LAG_POINTS),
    syncStarts: runs
      .filter(({ mode }) => mode === 'sync')
      .slice(-MAX_SYNCS)
      .map(({ start }) => fromSqlDateTime(start)),
    days: await sumRecordsByDay(database, startOfDay(now) - (COUNT_DAYS - 1) * DAY_MS),
    parity: await readParity(context, status, now),
    hours: feed === undefined ? [] : await readHours(database, feed, now),
    failedRuns: await countFailedRuns(database, now - DAY_MS),
    quarantined: await readQuarantined(database),
  };
}

function startOfDay(ms: number): number {
  return ms - (ms % DAY_MS);
}

async function readHours(database: Session, feed: string, now: number): Promise<Overview['hours']> {
  const usage = await readCallsByHour(database, feed, now - CALL_DAYS * DAY_MS);
  const sums = new Map<number, number>();
  for (const { hour, calls } of usage) sums.set(hour, (sums.get(hour) ?? 0) + calls);
  return [...sums].map(([hour, calls]) => ({ hour, calls }));
}

async function readParity(
  { database, verified }: OverviewContext,
  { resources }: StatusReport,
  now: number,
): Promise<ParityCount[]> {
  const since = now - PARITY_DAYS * DAY_MS;
  const found: ParityCount[] = [];
  for (const { resource } of resources) {
    const reconciled = await readLastCount(database, resource, since);
    const counts = [
      ...verified.filter((each) => each.resource === resource && each.at >= since),
      ...(reconciled === undefined ? [] : [{ resource, ...reconciled }]),
    ];
    const [last] = counts.toSorted((a, b) => b.at - a.at);
    if (last !== undefined) found.push(last);
  }
  return found;
}

async function readQuarantined(database: Session): Promise<QuarantinedRecord[]> {
  const entries = await listQuarantined(database, MAX_QUARANTINED);
  return entries.map(({ resource, key, reasons, lastSeen }) => ({
    resource,
    key,
    lastSeen,
    reasons: JSON.parse(reasons) as Reason[],
  }));
}
