import type { Context } from '../../app/context.ts';
import { BusyError, UnavailableError } from '../../errors.ts';
import { MINUTE_MS } from '../../lib/time.ts';
import type { Mode } from '../../model/mode.ts';
import { readLastEnds } from '../../record/run-log.ts';
import { readItemState } from '../../record/item-checkpoint.ts';
import { decidePermission } from '../../run/items/breaker.ts';
import { downloadNewMedia } from './download-new-media.ts';
import { findPauses } from '../../report/find-pauses.ts';
import { hasCurrentTables } from './has-current-tables.ts';
import { hasItems } from '../../report/has-items.ts';
import { importSource } from './import-source.ts';
import { loadItemSource } from './load-items.ts';
import { nameFailures, type SourceFailure } from './source-failures.ts';
import type { ReportingOptions } from './with-reporting.ts';
import { writeMetrics } from './write-metrics.ts';
import { loadFeed } from './load-feed.ts';
import type { LoadFlags } from './load-flags.ts';
import { matchNewListings } from './match-new-listings.ts';

type Ping = Parameters<Context['heartbeat']['end']>[0];

type Chosen = { readonly context: Context; readonly source: string | undefined };

/**
 * Runs `sync` or `full-load` for one source. `sync` without a source takes the feed, and then every source that is due. A
 * failure of one does not keep the others from running.
 * @throws the error of the source that failed, with its name, after all have run; SourcesFailedError if several failed.
 */
export async function loadSources(
  { context, source }: Chosen,
  mode: Mode,
  flags: LoadFlags,
  print: (text: string) => void,
): Promise<void> {
  const isPart = [flags.resources, flags.since, flags.maxPages, flags.from].some(
    (flag) => flag !== undefined,
  );
  if (source !== undefined || mode !== 'sync' || isPart) {
    await loadSource({ context, source }, mode, flags, print);
    return;
  }
  const { isOn } = context.config.media;
  if ((context.sources.length === 1 && !isOn) || flags.dryRun === true) {
    await loadDueSources(context, flags, print);
    return;
  }
  await withOneHeartbeat(context, (own) => loadDueSources(own, flags, print));
}

/** All runs of a sync ping once: a source, or media files, loaded after one that failed must not report success. */
async function withOneHeartbeat(context: Context, work: (own: Context) => Promise<void>): Promise<void> {
  const pings = new Set<Ping>();
  const collect = (how: Ping): Promise<void> => {
    pings.add(how);
    return Promise.resolve();
  };
  context.heartbeat.start();
  const heartbeat = { start: () => undefined, end: collect };
  try {
    await work({ ...context, heartbeat });
  } finally {
    await context.heartbeat.end(summarizePings(pings));
  }
}

/** Success also if no source was due: then the sync itself ran. */
function summarizePings(pings: ReadonlySet<Ping>): Ping {
  if (pings.has('fail')) return 'fail';
  return pings.has('success') || pings.size === 0 ? 'success' : undefined;
}

async function loadDueSources(
  context: Context,
  flags: LoadFlags,
  print: (text: string) => void,
): Promise<void> {
  const failures: SourceFailure[] = [];
  let hasItemRuns = false;
  for (const [nth, { id, every }] of context.sources.entries()) {
    if (!(await shouldLoad(context, id, every))) continue;
    const isItems = hasItems(context, id);
    hasItemRuns ||= isItems;
    try {
      const source = nth === 0 ? undefined : id;
      await loadSource({ context, source }, 'sync', flags, print, {
        hasMetrics: !isItems,
        isPermitted: isItems,
      });
    } catch (error) {
      // Cron starts the next sync before a long import ends.
      if (every !== undefined && error instanceof BusyError) continue;
      if (context.sources.length > 1)
        context.tools.log.main.error({ err: error, source: id }, 'a source failed');
      failures.push({ source: id, error });
      if (context.tools.signal.aborted || isDatabaseUnavailable(error)) break;
    }
  }
  // Counting the items of all sources after each of them would take longer than reading them.
  if (hasItemRuns && flags.dryRun !== true && !failures.some(({ error }) => isDatabaseUnavailable(error)))
    await writeMetrics(context);
  const canDownload =
    !context.tools.signal.aborted && !failures.some(({ error }) => isDatabaseUnavailable(error));
  if (canDownload && flags.dryRun !== true) {
    await downloadNewMedia(context, print).catch((error: unknown) => {
      context.tools.log.main.error({ err: error }, 'the download of media files failed');
      failures.push({ source: 'media', error });
    });
  }
  const own = context.config.media.isOn ? 1 : 0;
  if (failures.length > 0) throw nameFailures(failures, context.sources.length + own);
}

function isDatabaseUnavailable(error: unknown): boolean {
  return error instanceof UnavailableError && error.op === 'connect';
}

/** If the database cannot be asked, the run fails, and reports that. */
async function shouldLoad(context: Context, id: string, every: number | undefined): Promise<boolean> {
  if (every === undefined) return true;
  try {
    return await isDue(context, id, every);
  } catch (error) {
    if (error instanceof UnavailableError) return true;
    throw error;
  }
}

/** Loads one source, each kind in its own way. New listings are then matched with the accounts of counties. */
async function loadSource(
  chosen: Chosen,
  mode: Mode,
  flags: LoadFlags,
  print: (text: string) => void,
  { isPermitted = false, ...reporting }: ReportingOptions & { readonly isPermitted?: boolean } = {},
): Promise<void> {
  const { context, source } = chosen;
  const opened = source === undefined ? context : context.sourceNamed(source);
  if (opened.tools.source.release !== undefined) {
    await importSource({ context, opened }, mode, flags, print);
    return;
  }
  if (opened.tools.source.items !== undefined) {
    await loadItemSource({ context, opened, reporting, isPermitted }, mode, flags, print);
    return;
  }
  await loadFeed(chosen, mode, flags, print);
  if (flags.dryRun !== true) await matchNewListings(context);
}

/** A run that cron starts a moment early is in time. */
const MAX_SLACK_MS = 5 * MINUTE_MS;

/**
 * Whether a source is due, and nothing prevents its requests. A database without tables, or with those of an older version, shows
 * nothing: the run creates or upgrades them.
 */
async function isDue({ database, tools }: Context, id: string, every: number): Promise<boolean> {
  if (!(await hasCurrentTables({ database, tools }))) return true;
  const state = await readItemState(database, id);
  const now = tools.clock.now();
  if (decidePermission(state, now, false).kind !== 'go') return false;
  const { completed, failed } = await readLastEnds(database, id);
  const { afterCompleted, afterFailed } = findPauses(every, state);
  const hasPassed = (since: number | undefined, ms: number): boolean =>
    since === undefined || now - since >= ms - Math.min(MAX_SLACK_MS, ms / 10);
  return hasPassed(completed, afterCompleted) && hasPassed(failed, afterFailed);
}
