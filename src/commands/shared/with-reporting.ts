import type { Context } from '../../app/context.ts';
import {
  BusyError,
  EtlError,
  FencedError,
  InterruptedError,
  UnavailableError,
  UsageError,
} from '../../errors.ts';
import type { ItemsHealth, RunReport } from '../../model/alert.ts';
import type { Counts } from '../../model/counts.ts';
import type { Mode } from '../../model/mode.ts';
import { readKnownAge } from '../../record/freshness.ts';
import type { RunStatus } from '../../record/run-log.ts';
import type { RunTools } from '../../run/active-run.ts';
import { writeMetrics } from './write-metrics.ts';
import { countForAlerts } from '../../report/read-media-files.ts';
import { readItemsHealth } from './read-items-health.ts';
import { readReleaseFacts } from './read-release-facts.ts';
import { readLastChange } from '../../report/read-last-change.ts';
import { queryWithTimeout } from '../../report/query-with-timeout.ts';

/** The result of a run, as it is reported. */
export type RunResult = {
  readonly status: RunStatus;
  readonly totals: Pick<Counts, 'processed' | 'rejected' | 'altered'>;
  /** Resources that were skipped although earlier runs loaded them; undefined if the run did not try all resources. */
  readonly lost: readonly string[] | undefined;
  /** What the user should know about a source of items. */
  readonly problems?: readonly string[];
  /** Why the command fails although the run ended. */
  readonly failure?: EtlError | undefined;
};

export type ReportingOptions = {
  /** False: the caller writes the metrics, once for several runs. */
  readonly hasMetrics?: boolean;
};

/** How a run ended: its result, or its error. */
export type Ending<T> = { readonly done: T } | { readonly error: unknown };

const QUERY_TIMEOUT_MS = 2000;

/**
 * Does a run and reports it: the heartbeat at its start and end, alerts, the metrics. Reporting never changes the run's result,
 * and takes at most ten seconds. With an invalid command line no run starts, and nothing is reported.
 * @param work receives its own tools.
 * @throws the error of `work`, or the failure of its result.
 */
export async function withReporting<T extends RunResult>(
  context: Context,
  mode: Mode,
  work: (tools: RunTools) => Promise<T>,
  { hasMetrics = true }: ReportingOptions = {},
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
  await reportRun({ context, mode, run, hasMetrics }, ended);
  if ('error' in ended) throw ended.error;
  if (ended.done.failure !== undefined) throw ended.done.failure;
  return ended.done;
}

/** Reports the end of a run. Never throws. */
async function reportRun(
  {
    context,
    mode,
    run,
    hasMetrics,
  }: {
    readonly context: Context;
    readonly mode: Mode;
    readonly run: number | undefined;
  } & Required<ReportingOptions>,
  ended: Ending<RunResult>,
): Promise<void> {
  const { alerts, heartbeat, tools } = context;
  tools.progress.end();
  const ending = classifyEnd(ended);
  const alert = async (): Promise<void> => {
    if (!alerts.isEnabled || ending === undefined || ending === 'interrupted') return;
    await alerts.notify({
      mode,
      run,
      ended: ending,
      ...resultOf(ended),
      ...(await collectFacts(context, ended)),
    });
  };
  const isWritten = hasMetrics && !isDatabaseUnavailable(ended) && ending !== undefined;
  const metrics = isWritten ? writeMetrics(context) : undefined;
  for (const part of await Promise.allSettled([heartbeat.end(choosePing(ending, ended)), alert(), metrics])) {
    if (part.status === 'fulfilled') continue;
    tools.log.main.error({ err: part.reason }, 'the run could not be reported completely');
  }
}

/** Undefined: the run did not start. */
export function classifyEnd(ended: Ending<Pick<RunResult, 'status'>>): RunReport['ended'] | undefined {
  if ('done' in ended) return ended.done.status === 'success' ? 'success' : 'partial';
  const { error } = ended;
  if (error instanceof UsageError) return undefined;
  if (error instanceof InterruptedError) return 'interrupted';
  return error instanceof BusyError || error instanceof FencedError ? 'busy' : 'failed';
}

/**
 * A run that gave way to another one, or was stopped, pings neither success nor failure. A run that lost a resource, or whose
 * command fails, pings failure.
 */
function choosePing(
  ending: RunReport['ended'] | undefined,
  ended: Ending<RunResult>,
): 'success' | 'fail' | undefined {
  if ('done' in ended && (ended.done.failure !== undefined || (ended.done.lost ?? []).length > 0))
    return 'fail';
  if (ending === 'success' || ending === 'partial') return 'success';
  return ending === 'failed' ? 'fail' : undefined;
}

function resultOf(
  ended: Ending<RunResult>,
): Pick<RunReport, 'error' | 'processed' | 'rejected' | 'altered' | 'lost'> {
  if ('done' in ended) {
    const { processed, rejected, altered } = ended.done.totals;
    return { error: undefined, processed, rejected, altered, lost: ended.done.lost };
  }
  return {
    error: describeError(ended.error),
    processed: 0,
    rejected: 0,
    altered: 0,
    lost: undefined,
  };
}

/** Describes an error for alerts. */
export function describeError(error: unknown): NonNullable<RunReport['error']> {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const { hint, exitCode } = error instanceof EtlError ? error : { exitCode: 1, hint: undefined };
  return { name, message, hint, exitCode };
}

/** Collects what alerts need to know beside the run. */
async function collectFacts(
  context: Context,
  ended: Ending<RunResult>,
): Promise<Pick<RunReport, 'hourQuota' | 'disks' | 'age' | 'schema' | 'release' | 'items' | 'mediaFiles'>> {
  const { id, items } = context.tools.source;
  const { health, ...facts } = isDatabaseUnavailable(ended) ? UNKNOWN : await queryFacts(context);
  return {
    ...(items === undefined ? {} : { items: { source: id, problems: problemsOf(ended), health } }),
    hourQuota: readHourQuota(context.tools),
    disks: context.tools.readCapacity().disks,
    ...facts,
  };
}

function problemsOf(ended: Ending<RunResult>): readonly string[] | undefined {
  return 'done' in ended ? ended.done.problems : undefined;
}

/** Undefined if the known hour is over, or if only an earlier run learned of it and the API did not report its end. */
function readHourQuota({ source, clock }: RunTools): RunReport['hourQuota'] {
  const { limit, left, resetAt } = source.quota?.()?.hour ?? {};
  const isNow = resetAt === undefined ? source.requests() > 0 : resetAt > clock.now();
  return limit === undefined || left === undefined || !isNow ? undefined : { limit, left };
}

/** A query would wait for the connection again until it fails. */
function isDatabaseUnavailable(ended: Ending<RunResult>): boolean {
  const error = 'error' in ended ? ended.error : undefined;
  return error instanceof UnavailableError && error.op === 'connect';
}

type Facts = Pick<RunReport, 'age' | 'schema' | 'release' | 'mediaFiles'> & {
  readonly health?: ItemsHealth | undefined;
};

const UNKNOWN: Facts = { age: undefined, schema: undefined };

/** Reads the age of the tables, and the state of the source; undefined if the database does not answer in time. */
async function queryFacts(context: Context): Promise<Facts> {
  const { database, resources, tools } = context;
  const { clock } = tools;
  const names = resources.map(({ name }) => name);
  const details = await queryWithTimeout(database, clock, QUERY_TIMEOUT_MS, async (own) => ({
    age: await readKnownAge(own, names, () => clock.now()),
    schema: await readLastChange(own, resources, clock.now()),
    release: await readReleaseFacts(own, tools),
    health: await readItemsHealth(own, context),
    mediaFiles: await countForAlerts(own, context),
  })).catch(() => undefined);
  return details ?? UNKNOWN;
}
