import type { Context } from '../../app/context.ts';
import { hasTables } from '../../record/tables.ts';
import type { Database } from '../../db/pool.ts';
import { BusyError } from '../../errors.ts';
import { formatDuration } from '../../lib/duration.ts';
import { fromSqlDateTime, HOUR_MS } from '../../lib/time.ts';
import { readCallsByRun } from '../../record/api-usage.ts';
import { readLastRuns, type LoggedRun } from '../../record/run-log.ts';
import type { RunTools } from '../../run/active-run.ts';
import { countCallsLeft, type QuotaLimits, estimateTime } from '../../run/forecast.ts';
import { type Expected, type PlannedRun, planRun, type PlanMode } from '../../run/plan.ts';
import { readCoverage } from '../shared/read-coverage.ts';
import { hasReleases } from '../../report/has-releases.ts';
import { hasItems } from '../../report/has-items.ts';
import { type Plan, formatPlan } from './format.ts';
import { planMediaFiles } from './plan-media-files.ts';
import { nothingLoadedError } from '../../run/repair/nothing-loaded.ts';
import type { PlanFlags } from './index.ts';
import { showItemsPlan } from './plan-items.ts';
import { showReleasePlan } from './plan-release.ts';

/**
 * Estimates what a run would take, without running: calls, time, quota, rows, disk. Sends one request for each resource.
 * @throws BusyError if the quota is spent.
 */
export async function showPlan(
  context: Context,
  mode: PlanMode,
  flags: PlanFlags,
  print: (text: string) => void,
): Promise<void> {
  const { database } = context;
  const id = flags.source ?? context.tools.source.id;
  if (hasReleases(context, id))
    return showReleasePlan(context, context.sourceNamed(id, true).tools, mode, flags, print);
  if (hasItems(context, id)) return showItemsPlan(context, flags.source, mode, flags, print);
  const { resources, reading, tools } = openSource(context, flags.source);
  const { source } = tools;
  const tablesExist = await hasTables(database);
  if (mode === 'reconcile' && !tablesExist) throw nothingLoadedError('plan');
  // A dataset that runs skip takes no call.
  const licensed = tablesExist ? await readCoverage(database, source, resources) : undefined;
  const taken =
    licensed?.filter(({ unavailable }) => unavailable === undefined).map(({ dataset }) => dataset) ??
    resources;
  const expected = await planRun(tools, mode, taken, tablesExist).catch(throwWithHint);
  if (mode === 'reconcile' && expected.resources.length === 0) throw nothingLoadedError('plan');
  const speed = await measureSpeed(tools, mode, tablesExist);
  const mediaFiles = tablesExist && mode !== 'reconcile' ? await planMediaFiles(context) : undefined;
  const plan = {
    ...createPlan({ reading, tools }, mode, expected, speed, flags.every),
    ...(mediaFiles === undefined ? {} : { mediaFiles }),
  };
  return print(flags.json === true ? JSON.stringify(plan, null, 2) : formatPlan(plan));
}

/** Adds a hint: with the quota spent, the feed cannot be asked what is left of it. */
function throwWithHint(error: unknown): never {
  if (!(error instanceof BusyError)) throw error;
  throw new BusyError(`${error.message}, and the feed cannot be asked`, {
    op: 'plan',
    cause: error,
    hint: 'run trestle-etl plan after that; trestle-etl usage shows the calls of earlier runs',
  });
}

type Speed = { readonly msPerCall: number; readonly because: string };

/** For a page of 1000 records, fetched and written, if there is no earlier run. */
const DEFAULT_MS_PER_CALL = 1500;

/** Measures the last runs: those of the same kind, if there are any. */
async function measureSpeed(
  { database, source }: Pick<RunTools, 'database' | 'source'>,
  mode: PlanMode,
  tablesExist: boolean,
): Promise<Speed> {
  const all = (tablesExist ? await readLastRuns(database, 50, source.id) : []).filter(
    (run) => run.sync_end !== null && run.status !== 'skipped' && run.api_calls_made > 0,
  );
  const same = all.filter((run) => run.mode === mode);
  const runs = (same.length > 0 ? same : all).slice(0, 10);
  if (runs.length === 0) return { msPerCall: DEFAULT_MS_PER_CALL, because: 'no run yet' };
  const answering = await readAnswerTimes(database, source.id, runs);
  const msPerCall =
    sum(runs, (run) => estimateWork(durationOf(run.sync_start, run.sync_end!), answering.get(run.id))) /
    sum(runs, (run) => run.api_calls_made);
  const kind = same.length > 0 ? `${mode} ` : '';
  const basis = runs.length === 1 ? `the last ${kind}run` : `the last ${runs.length} ${kind}runs`;
  return { msPerCall, because: `as in ${basis}` };
}

/** Reads the milliseconds that the source took to answer each of these runs. */
async function readAnswerTimes(
  database: Database,
  source: string,
  runs: readonly LoggedRun[],
): Promise<Map<number, number>> {
  const first = Math.min(...runs.map((run) => fromSqlDateTime(run.sync_start)));
  const times = new Map<number, number>();
  for (const { run, ms } of await readCallsByRun(database, source, first - HOUR_MS)) {
    times.set(run, (times.get(run) ?? 0) + ms);
  }
  return times;
}

/**
 * Estimates how long a run worked without its waits for the quota, which are estimated separately. A page is written while
 * the next one is fetched, so writing takes at most about as long as the answers.
 */
function estimateWork(ms: number, answering: number | undefined): number {
  return answering === undefined ? ms : Math.min(ms, 2 * answering);
}

function durationOf(start: string, end: string): number {
  return Math.max(0, fromSqlDateTime(end) - fromSqlDateTime(start));
}

function createPlan(
  { reading, tools }: Pick<Context, 'reading' | 'tools'>,
  mode: PlanMode,
  { resources, strategies }: PlannedRun,
  speed: Speed,
  every: number,
): Plan {
  const now = tools.clock.now();
  const calls = sum(resources, ({ calls: count }) => count);
  const quota = tools.source.quota?.();
  const limits: QuotaLimits = {
    minute: quota?.minute.limit,
    hour: quota?.hour.limit,
    left: quota?.hour.left,
    resetAt: quota?.hour.resetAt,
    reservePercent: reading.reservePercent,
  };
  const { ms, waiting, longestWait } = estimateTime(calls, speed.msPerCall, limits, now);
  const endsEarly = longestWait > reading.maxWait;
  const share = (of: number | undefined): number | null => (of === undefined ? null : (calls / of) * 100);
  return {
    mode,
    at: new Date(now).toISOString(),
    asked: tools.source.requests(),
    resources,
    ...(strategies === undefined ? {} : { strategies }),
    totals: {
      records: sum(resources, ({ records }) => records),
      calls,
      newRows: sum(resources, ({ newRows }) => newRows),
      bytes: sum(resources, ({ bytes }) => bytes),
    },
    time: { ms: Math.round(ms), waitingMs: Math.round(waiting) },
    quota: {
      minuteLimit: limits.minute ?? null,
      minutePercent: share(limits.minute),
      hourLimit: limits.hour ?? null,
      hourPercent: share(limits.hour),
      left: limits.left ?? null,
      usable: countCallsLeft(limits) ?? null,
    },
    fits: { everyMs: every, isInTime: ms <= every && !endsEarly, endsEarly },
    assumes: describeAssumptions(reading.pageSize, speed, resources),
  };
}

function describeAssumptions(pageSize: number, speed: Speed, resources: readonly Expected[]): string {
  const guessed = resources.filter(({ isMeasured }) => !isMeasured).map(({ resource }) => resource);
  return [
    `pages of ${pageSize.toLocaleString('en')}`,
    `${formatDuration(speed.msPerCall)} a call (${speed.because})`,
    'no retried requests',
    'no changes in the feed meanwhile',
    ...(guessed.length > 0 ? [`typical row sizes for ${guessed.join(' and ')}`] : []),
    ...(resources.some(({ resource }) => resource === 'Media')
      ? ['media of every listing whose photos may have changed']
      : []),
  ].join(', ');
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** Opens the source to plan for; the default one is opened for a user who waits. */
function openSource(
  context: Context,
  source: string | undefined,
): Pick<Context, 'resources' | 'reading' | 'tools'> {
  if (source !== undefined) return context.sourceNamed(source);
  return { ...context, tools: { ...context.tools, source: context.interactiveSource() } };
}
