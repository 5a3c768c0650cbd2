import type { Context } from '../app/context.ts';
import type { Session } from '../db/pool.ts';
import { ConfigError } from '../errors.ts';
import { fromSqlDateTime } from '../lib/time.ts';
import { countItems, type ItemCounts } from '../record/item.ts';
import { type ItemState, readItemStates } from '../record/item-checkpoint.ts';
import { type LoggedRun, readLastEnds } from '../record/run-log.ts';
import { hasTables } from '../record/tables.ts';
import type { ItemReader } from '../sources/items.ts';
import { describeSource, errorOf, withFailedRun } from './describe-source.ts';
import { findPauses, type Pauses } from './find-pauses.ts';
import { hasItems } from './has-items.ts';
import { readLastRead } from './read-last-read.ts';
import type { SourceReport } from './source-report.ts';

/** What the database has of the sources. */
type Stored = {
  readonly states: ReadonlyMap<string, ItemState>;
  readonly counts: readonly ItemCounts[];
};

type SourceContext = Pick<Context, 'sources' | 'sourceNamed' | 'tools'> & { readonly database: Session };

/** Reads the state of all configured sources, in the order in which `sync` takes them. Sends no request. */
export async function readSourceReports(context: SourceContext): Promise<SourceReport[]> {
  const { database, sources } = context;
  const stored = (await hasTables(database))
    ? { states: await readItemStates(database), counts: await countItems(database) }
    : undefined;
  const reports: SourceReport[] = [];
  for (const { id, every } of sources) reports.push(await readReport(context, id, every, stored));
  return reports;
}

/** Reads the state of the sources of items. */
export function readItemReports(context: SourceContext): Promise<SourceReport[]> {
  const sources = context.sources.filter(({ id }) => hasItems(context, id));
  return sources.length === 0 ? Promise.resolve([]) : readSourceReports({ ...context, sources });
}

async function readReport(
  context: SourceContext,
  source: string,
  every: number | undefined,
  stored: Stored | undefined,
): Promise<SourceReport> {
  const now = context.tools.clock.now();
  const run = stored === undefined ? undefined : await readLastRead(context.database, source);
  const { type, reader, problem } = await inspectSource(context, source);
  const ends = stored === undefined ? undefined : await readLastEnds(context.database, source);
  const state = stored?.states.get(source);
  const due =
    every === undefined || ends === undefined ? undefined : findDue(ends, findPauses(every, state), now);
  const condition =
    reader === undefined || state === undefined
      ? undefined
      : withFailedRun(describeSource(source, state, reader, now), run);
  const until = condition?.until;
  const counts = stored?.counts.find((each) => each.source === source);
  const next = condition?.state === 'gone' || due === undefined ? undefined : Math.max(due, until ?? 0);
  return {
    source,
    type,
    lastRun: run === undefined ? null : toLastRun(run),
    succeededAt: ends?.completed === undefined ? null : toIso(ends.completed),
    checkpoint: state?.checkpoint?.value ?? (type === 'feed' ? (run?.watermark_after ?? null) : null),
    ...countsOf(reader !== undefined, counts),
    failures: reader === undefined ? null : (state?.failures ?? 0),
    dueAt: next === undefined ? null : toIso(next),
    state: problem === undefined ? (condition?.state ?? stateOf(run)) : 'wrong',
    pausedUntil: until === undefined ? null : toIso(until),
    notes: problem === undefined ? (condition?.notes ?? errorOf(run)) : [problem],
  };
}

type Inspected = {
  readonly type: SourceReport['type'];
  readonly reader?: ItemReader;
  /** Why the entry cannot be used. */
  readonly problem?: string;
};

async function inspectSource({ sourceNamed }: Pick<Context, 'sourceNamed'>, id: string): Promise<Inspected> {
  const { items, release } = sourceNamed(id).tools.source;
  if (items === undefined) return { type: release === undefined ? 'feed' : 'county' };
  try {
    const reader = await items.load();
    return { type: reader.type, reader };
  } catch (error) {
    if (error instanceof ConfigError) return { type: null, problem: error.message };
    throw error;
  }
}

/** When a source is due, as `sync` decides it. */
function findDue(
  { completed, failed }: Awaited<ReturnType<typeof readLastEnds>>,
  { afterCompleted, afterFailed }: Pauses,
  now: number,
): number {
  const after = (since: number | undefined, ms: number): number => (since === undefined ? now : since + ms);
  return Math.max(now, after(completed, afterCompleted), after(failed, afterFailed));
}

function countsOf(
  isItems: boolean,
  counts: ItemCounts | undefined,
): Pick<SourceReport, 'items' | 'deleted' | 'unmapped'> {
  if (!isItems) return { items: null, deleted: null, unmapped: null };
  return { items: counts?.items ?? 0, deleted: counts?.deleted ?? 0, unmapped: counts?.unprocessed ?? 0 };
}

function toLastRun(run: LoggedRun): NonNullable<SourceReport['lastRun']> {
  const { id, mode, status, sync_start: start, error_message: error } = run;
  return { run: id, mode, status, startedAt: toIso(fromSqlDateTime(start)), error };
}

/** The state of a source that stores no state. */
function stateOf(run: LoggedRun | undefined): SourceReport['state'] {
  if (run === undefined) return 'new';
  return run.status === 'failed' ? 'failing' : 'ok';
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
