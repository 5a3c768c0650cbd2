import type { Dataset } from '../../dataset/dataset.ts';
import { parentLink } from '../../dataset/reading.ts';
import { countParents, countStaleParents } from '../../record/stale-parents.ts';
import type { ActiveRun } from '../active-run.ts';
import { getWatermark } from '../fence.ts';
import { planChildren } from './children-plan.ts';
import type { ReadingMode } from './mode.ts';
import { finishDataset, loadPass, type PassResult } from './pass.ts';
import { loadChildSets, reloadChildSets, markUnchangedSets } from './child-sets.ts';

/** Records that belong to a parent, replaced together as its set. */
export const children: ReadingMode = {
  async load(active, dataset) {
    const pass = await loadChildren(active, dataset);
    const { finish, isProven = true, areParentsComplete = true } = pass;
    const isComplete = pass.end && areParentsComplete;
    if (isComplete) await finishDataset(active, dataset, finish);
    return isComplete && isProven;
  },
  plan: planChildren,
};

/**
 * Loads the child records of listings. Media are read once page by page, then listing by listing for stale listings. If the
 * user filters listings, most media of the feed are not needed, so every set is fetched for its listing. Records without
 * their own timestamp are fetched for listings that moved, hundreds per request.
 */
async function loadChildren(active: ActiveRun, dataset: Dataset): Promise<PassResult> {
  const { tools, options } = active;
  const finishSets: PassResult['finish'] = (watermark, now) => ({
    ...watermark,
    load: options.mode === 'full-load' ? undefined : watermark.load,
    completeAt: now,
  });
  if (options.dryRun) {
    const count = active.hasTables ? await countStaleParents(tools.database, dataset) : 0;
    tools.progress.report(
      `${dataset.name}: ${count} listings are stale; a dry run fetches none of their records`,
    );
    return { end: true, finish: finishSets };
  }
  const pass = await loadIndependentRecords(active, dataset, finishSets);
  return pass.end ? { ...pass, ...(await loadChildSets(active, dataset)) } : pass;
}

/** Reads the records that do not depend on stale listings. */
async function loadIndependentRecords(
  active: ActiveRun,
  dataset: Dataset,
  finish: PassResult['finish'],
): Promise<PassResult> {
  const { tools, options } = active;
  const { completeAt } = await getWatermark(active, dataset);
  if (parentLink(dataset)!.staleBy === 'version') {
    // Until the first load completes, every listing is stale anyway.
    const rereadsAll =
      options.mode === 'full-load' && completeAt !== undefined && !active.expandedWhole.has(dataset.name);
    return rereadsAll ? { finish, ...(await reloadChildSets(active, dataset)) } : { finish, end: true };
  }
  const readsAll = options.mode === 'full-load' || completeAt === undefined;
  const isFiltered = tools.settings.filters[parentLink(dataset)!.parent] !== undefined;
  if (!readsAll || isFiltered || options.since !== undefined) return { finish, end: true };
  if (await cameWithParents(active, dataset)) {
    const parents = await getWatermark(active, { name: parentLink(dataset)!.parent });
    return { finish, end: true, areParentsComplete: parents.completeAt !== undefined };
  }
  const pass = await loadPass(active, dataset);
  if (pass.end) await markUnchangedSets(active, dataset);
  return pass;
}

/**
 * Whether so many sets came with their parents that the others cost fewer requests one by one than a pass over the whole
 * dataset. A full-load over a complete table skips the pass only if this run read every set.
 */
async function cameWithParents(active: ActiveRun, dataset: Dataset): Promise<boolean> {
  const { database } = active.tools;
  if (active.expansion === undefined) return false;
  const { completeAt, cursor } = await getWatermark(active, dataset);
  if (completeAt !== undefined) return active.expandedWhole.has(dataset.name);
  if (cursor !== undefined) return false;
  const [stale, all] = [await countStaleParents(database, dataset), await countParents(database)];
  return all > 0 && stale <= all / 2;
}
