import type { Dataset } from '../../dataset/dataset.ts';
import { parentLink } from '../../dataset/reading.ts';
import { countStaleParents } from '../../record/stale-parents.ts';
import type { ActiveRun } from '../active-run.ts';
import { getWatermark } from '../fence.ts';
import { planChildren } from './children-plan.ts';
import type { ReadingMode } from './mode.ts';
import { finishDataset, loadPass, type PassResult } from './pass.ts';
import { loadChildSets, reloadChildSets, markUnchangedSets } from './child-sets.ts';

/** Records that belong to a parent, replaced as its set. */
export const children: ReadingMode = {
  async load(active, dataset) {
    const { end, finish, isProven = true } = await loadChildren(active, dataset);
    if (end) await finishDataset(active, dataset, finish);
    return end && isProven;
  },
  plan: planChildren,
};

/**
 * Records that belong to listings. Media: all of them once, page by page, then what is due, listing by listing; where the
 * user filters listings, all media of the feed would be far too many: then every set is fetched for its listing. Records
 * that have no time of their own: for the listings that moved, hundreds to a request.
 */
async function loadChildren(active: ActiveRun, dataset: Dataset): Promise<PassResult> {
  const { tools, options } = active;
  const finishSets: PassResult['finish'] = (watermark, now) => ({
    ...watermark,
    load: options.mode === 'full-load' ? undefined : watermark.load,
    completeAt: now,
  });
  if (options.dryRun) {
    const due = active.hasTables ? await countStaleParents(tools.database, dataset) : 0;
    tools.progress.report(`${dataset.name}: ${due} listings are due; a dry run fetches none`);
    return { end: true, finish: finishSets };
  }
  const pass = await readBeforeSets(active, dataset, finishSets);
  return pass.end ? { ...pass, ...(await loadChildSets(active, dataset)) } : pass;
}

/** What is read before the sets that are due. */
async function readBeforeSets(
  active: ActiveRun,
  dataset: Dataset,
  finish: PassResult['finish'],
): Promise<PassResult> {
  const { tools, options } = active;
  const { completeAt } = await getWatermark(active, dataset);
  if (parentLink(dataset)!.staleBy === 'version') {
    // Before the first load is through every listing is due in any case.
    const isAnew = options.mode === 'full-load' && completeAt !== undefined;
    return isAnew ? { finish, ...(await reloadChildSets(active, dataset)) } : { finish, end: true };
  }
  const isWanted = options.mode === 'full-load' || completeAt === undefined;
  const isFiltered = tools.settings.filters[parentLink(dataset)!.parent] !== undefined;
  if (!isWanted || isFiltered || options.since !== undefined) return { finish, end: true };
  const pass = await loadPass(active, dataset);
  if (pass.end) await markUnchangedSets(active, dataset);
  return pass;
}
