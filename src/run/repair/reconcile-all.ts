import { ConfigError, ImplausibleDataError } from '../../errors.ts';
import { childTablesOf } from '../../load/remove.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Counts } from '../../model/counts.ts';
import type { RunStatus } from '../../record/run-log.ts';
import type { ActiveRun, RunTools } from '../active-run.ts';
import { forEachLicensed } from '../licensed.ts';
import { withRun } from '../lifecycle.ts';
import { isComplete, lostResources, toRunState } from '../tally.ts';
import { type Findings, isLoaded, reconcile, type ReconcileOptions } from './reconcile.ts';
import { nothingLoadedError } from './nothing-loaded.ts';
import { parentLink } from '../../dataset/reading.ts';

export type ReconcileRunOptions = ReconcileOptions & {
  /** Those that are compared. */
  readonly resources: readonly Dataset[];
  /** All that are kept in step: the children of those that are compared are among them. */
  readonly all: readonly Dataset[];
  readonly dryRun: boolean;
};

export type ReconcileOutcome = {
  readonly status: RunStatus;
  readonly totals: Counts;
  /** Resources that were not read although earlier runs loaded them. */
  readonly lost: readonly string[];
  readonly found: readonly [string, Findings][];
  /** Resource → why it was not compared. */
  readonly skipped: ReadonlyMap<string, string>;
  /** Resources whose first load is not complete. */
  readonly unloaded: readonly string[];
};

/**
 * A run that compares all stored keys with all keys in the feed, and repairs what differs.
 * @throws ConfigError before the first load; DoubtfulError if the feed's answer is implausible, or too much would go.
 */
export async function reconcileAll(tools: RunTools, options: ReconcileRunOptions): Promise<ReconcileOutcome> {
  const found: [string, Findings][] = [];
  const unloaded: string[] = [];
  const { resources, dryRun } = options;
  const { status, tally } = await withRun(tools, { mode: 'reconcile', resources, dryRun }, async (active) => {
    if (!active.hasTables) throw nothingLoadedError('reconcile');
    refuseFiltered(resources, tools.settings.filters);
    const doubts: ImplausibleDataError[] = [];
    await forEachLicensed(active, resources, async (dataset) => {
      if (await isLoaded(active, dataset)) await reconcileOne(active, dataset, options, found, doubts);
      else unloaded.push(dataset.name);
    });
    throwDoubts(doubts);
    if (found.length === 0 && unloaded.length > 0) throw nothingLoadedError('reconcile');
    if (unloaded.length > 0)
      tools.log.main.warn({ unloaded }, 'not compared, as their first load is not through');
    return isComplete(active.tally) ? 'success' : 'partial';
  });
  const skipped = Object.entries(tally).flatMap(([name, detail]) =>
    detail.skipped === undefined ? [] : [[name, detail.skipped] as const],
  );
  return {
    found,
    unloaded,
    skipped: new Map(skipped),
    status,
    lost: lostResources(tally),
    totals: toRunState(tally, tools.source.requests()).totals,
  };
}

/** Doubt about one resource does not keep the others from being compared. */
async function reconcileOne(
  active: ActiveRun,
  dataset: Dataset,
  { all, isHard, isForced, maxDeletePercent }: ReconcileRunOptions,
  found: [string, Findings][],
  doubts: ImplausibleDataError[],
): Promise<void> {
  try {
    const options = { isHard, isForced, maxDeletePercent };
    found.push([dataset.name, await reconcile(active, dataset, childTablesOf(dataset, all), options)]);
  } catch (error) {
    if (!(error instanceof ImplausibleDataError)) throw error;
    const message = 'not reconciled; going on with the others';
    active.tools.log.main.error({ resource: dataset.name, err: error }, message);
    doubts.push(error);
  }
}

/** @throws DoubtfulError where a resource was left as it was; the others are done. */
function throwDoubts(doubts: readonly ImplausibleDataError[]): void {
  const [first] = doubts;
  if (first === undefined) return;
  if (doubts.length === 1) throw first;
  throw new ImplausibleDataError(doubts.map(({ message }) => message).join('; '), {
    op: first.op,
    hint: first.hint ?? 'look at the feed first',
    cause: first,
  });
}

/** All media of the feed are not those of the listings that a filter lets in. */
function refuseFiltered(
  resources: readonly Dataset[],
  filters: Readonly<Record<string, string | undefined>>,
): void {
  const wrong = resources.find((dataset) => filters[parentLink(dataset)?.parent ?? ''] !== undefined);
  if (wrong === undefined) return;
  throw new ConfigError(`${wrong.name} can't be reconciled while ${parentLink(wrong)?.parent} is filtered`, {
    op: 'reconcile',
    hint: 'leave it out of --resources: its sets follow their listings with every sync',
  });
}
