import type { Context } from '../../app/context.ts';
import {
  BusyError,
  EtlError,
  FencedError,
  InterruptedError,
  UnavailableError,
  UsageError,
} from '../../errors.ts';
import type { RunReport } from '../../model/alert.ts';
import type { Counts } from '../../model/counts.ts';
import type { Mode } from '../../model/mode.ts';
import { knownAge } from '../../record/freshness.ts';
import type { Status } from '../../record/run-log.ts';
import type { RunTools } from '../../run/active-run.ts';
import { writeMetrics } from './write-metrics.ts';
import { readLastChange } from './read-last-change.ts';
import { queryWithTimeout } from './query-with-timeout.ts';

/** What a run is to tell of itself. */
export type RunResult = {
  readonly status: Status;
  readonly totals: Pick<Counts, 'processed' | 'rejected' | 'altered'>;
  /** Resources that were not taken although earlier runs loaded them; undefined if others were not tried. */
  readonly lost: readonly string[] | undefined;
};

/** How it ended: what it did, or what it threw. */
type Ending<T> = { readonly done: T } | { readonly error: unknown };

/** Milliseconds that what is asked of the database may take. */
const QUERY_TIMEOUT_MS = 2000;

/**
 * Does a run, and tells of it: the heartbeat when it starts and ends, alerts for what it shows, the metrics. The run's
 * result stays what it is, and takes ten seconds longer at most. With wrong usage no run has begun, and nothing is told.
 * @param work given tools of its own.
 * @throws what `work` throws.
 */
export async function withReporting<T extends RunResult>(
  context: Context,
  mode: Mode,
  work: (tools: RunTools) => Promise<T>,
): Promise<T> {
  const { heartbeat, tools } = context;
  let run: number | undefined;
  const setRun = (id: number): void => {
    run = id;
    tools.setRun(id);
  };
  heartbeat.start();
  const ended = await work({ ...tools, setRun }).then(
    (done): Ending<T> => ({ done }),
    (error: unknown): Ending<T> => ({ error }),
  );
  await reportRun(context, mode, run, ended);
  if ('error' in ended) throw ended.error;
  return ended.done;
}

/** Never throws. */
async function reportRun(
  context: Context,
  mode: Mode,
  run: number | undefined,
  ended: Ending<RunResult>,
): Promise<void> {
  const { alerts, heartbeat, tools } = context;
  tools.progress.end();
  const how = classifyEnd(ended);
  const telling = async (): Promise<void> => {
    if (!alerts.isOn || how === undefined || how === 'interrupted') return;
    await alerts.tell({ mode, run, ended: how, ...resultOf(ended), ...(await collectFacts(context, ended)) });
  };
  const metrics = isDatabaseUnavailable(ended) || how === undefined ? undefined : writeMetrics(context);
  for (const part of await Promise.allSettled([heartbeat.end(choosePing(how, ended)), telling(), metrics])) {
    if (part.status === 'fulfilled') continue;
    tools.log.main.error({ err: part.reason }, 'what to tell of the run could not be found out');
  }
}

/** Undefined: it has not begun. */
function classifyEnd(ended: Ending<RunResult>): RunReport['ended'] | undefined {
  if ('done' in ended) return ended.done.status === 'success' ? 'success' : 'partial';
  const { error } = ended;
  if (error instanceof UsageError) return undefined;
  if (error instanceof InterruptedError) return 'interrupted';
  return error instanceof BusyError || error instanceof FencedError ? 'busy' : 'failed';
}

/**
 * A run that gave way to another, or was stopped, shows neither that all is well nor that something is broken. One that
 * could not take a resource any more shows that something is.
 */
function choosePing(
  how: RunReport['ended'] | undefined,
  ended: Ending<RunResult>,
): 'success' | 'fail' | undefined {
  if ('done' in ended && (ended.done.lost ?? []).length > 0) return 'fail';
  if (how === 'success' || how === 'partial') return 'success';
  return how === 'failed' ? 'fail' : undefined;
}

function resultOf(
  ended: Ending<RunResult>,
): Pick<RunReport, 'error' | 'processed' | 'rejected' | 'altered' | 'lost'> {
  if ('done' in ended) {
    const { processed, rejected, altered } = ended.done.totals;
    return { error: undefined, processed, rejected, altered, lost: ended.done.lost };
  }
  const { error } = ended;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const known = error instanceof EtlError ? error : { exitCode: 1, hint: undefined };
  return {
    error: { name, message, hint: known.hint, exitCode: known.exitCode },
    processed: 0,
    rejected: 0,
    altered: 0,
    lost: undefined,
  };
}

/** How things stand beside the run. */
async function collectFacts(
  context: Context,
  ended: Ending<RunResult>,
): Promise<Pick<RunReport, 'hourQuota' | 'disks' | 'age' | 'schema'>> {
  return {
    hourQuota: readHourQuota(context.tools),
    disks: context.tools.readCapacity().disks,
    ...(isDatabaseUnavailable(ended) ? UNKNOWN : await queryFacts(context)),
  };
}

/** Of an hour that is over nothing is known; nor of one that another run was told of, where its end was not told. */
function readHourQuota({ source, clock }: RunTools): RunReport['hourQuota'] {
  const { limit, left, resetAt } = source.quota?.()?.hour ?? {};
  const isNow = resetAt === undefined ? source.requests() > 0 : resetAt > clock.now();
  return limit === undefined || left === undefined || !isNow ? undefined : { limit, left };
}

/** Then asking it would take until the connection is given up once more. */
function isDatabaseUnavailable(ended: Ending<RunResult>): boolean {
  const error = 'error' in ended ? ended.error : undefined;
  return error instanceof UnavailableError && error.op === 'connect';
}

const UNKNOWN = { age: undefined, schema: undefined };

/** How fresh the tables are, and how the feed's schema changed; undefined where the database can't tell soon. */
async function queryFacts({
  database,
  resources,
  tools: { clock },
}: Context): Promise<Pick<RunReport, 'age' | 'schema'>> {
  const names = resources.map((resource) => resource.name);
  const known = await queryWithTimeout(database, clock, QUERY_TIMEOUT_MS, async (own) => ({
    age: await knownAge(own, names, () => clock.now()),
    schema: await readLastChange(own, resources, clock.now()),
  })).catch(() => undefined);
  return known ?? UNKNOWN;
}
