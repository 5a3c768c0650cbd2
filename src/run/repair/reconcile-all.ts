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
  /** The datasets to compare. */
  readonly resources: readonly Dataset[];
  /** All configured datasets, which include the children of those to compare. */
  readonly all: readonly Dataset[];
  readonly dryRun: boolean;
};

export type ReconcileOutcome = {
  readonly status: RunStatus;
  readonly totals: Counts;
  /** Datasets that were skipped although earlier runs loaded them. */
  readonly lost: readonly string[];
  readonly found: readonly [string, Findings][];
  /** Dataset → why it was not compared. */
  readonly skipped: ReadonlyMap<string, string>;
  /** Datasets whose first load is not complete. */
  readonly unloaded: readonly string[];
};

/**
 * A run that compares all stored keys with all keys in the feed, and repairs the differences.
 * @throws ConfigError before the first load; ImplausibleDataError if the feed's answer is implausible or too many rows would be
 *   deleted.
 */
export async function reconcileAll(tools: RunTools, options: ReconcileRunOptions): Promise<ReconcileOutcome> {
  const found: [string, Findings][] = [];
  const unloaded: string[] = [];
  const { resources: datasets, dryRun } = options;
  const { status, tally } = await withRun(
    tools,
    { mode: 'reconcile', resources: datasets, dryRun },
    async (active) => {
      if (!active.hasTables) throw nothingLoadedError('reconcile');
      refuseFiltered(datasets, tools.settings.filters);
      const doubts: ImplausibleDataError[] = [];
      await forEachLicensed(active, datasets, async (dataset) => {
        if (await isLoaded(active, dataset)) await reconcileOne(active, dataset, options, found, doubts);
        else unloaded.push(dataset.name);
      });
      throwDoubts(doubts);
      if (found.length === 0 && unloaded.length > 0) throw nothingLoadedError('reconcile');
      if (unloaded.length > 0)
        tools.log.main.warn({ unloaded }, 'not compared, because their first load is not complete');
      return isComplete(active.tally) ? 'success' : 'partial';
    },
  );
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

/** Compares one dataset. Implausible data of one dataset does not prevent the comparison of the others. */
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
    const message = 'not reconciled; continuing with the others';
    active.tools.log.main.error({ resource: dataset.name, err: error }, message);
    doubts.push(error);
  }
}

/** @throws ImplausibleDataError if a dataset was left unchanged; the others are reconciled. */
function throwDoubts(doubts: readonly ImplausibleDataError[]): void {
  const [first] = doubts;
  if (first === undefined) return;
  if (doubts.length === 1) throw first;
  throw new ImplausibleDataError(doubts.map(({ message }) => message).join('; '), {
    op: first.op,
    hint: first.hint ?? 'check the feed first',
    cause: first,
  });
}

/** Refuses children of filtered parents: the feed lists the children of all parents. @throws ConfigError */
function refuseFiltered(
  datasets: readonly Dataset[],
  filters: Readonly<Record<string, string | undefined>>,
): void {
  const wrong = datasets.find((dataset) => filters[parentLink(dataset)?.parent ?? ''] !== undefined);
  if (wrong === undefined) return;
  throw new ConfigError(`cannot reconcile ${wrong.name} while ${parentLink(wrong)?.parent} is filtered`, {
    op: 'reconcile',
    hint: 'leave it out of --resources: every sync updates it along with its listings',
  });
}
