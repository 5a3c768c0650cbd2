import { QueryRefusedError } from '../../errors.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { ActiveRun } from '../active-run.ts';
import { getWatermark } from '../fence.ts';
import { commitBatches } from '../batches.ts';
import { finishDataset } from './pass.ts';
import { loadChildSets } from './child-sets.ts';
import { planActiveFirst } from './read-plan.ts';
import { parentLink } from '../../dataset/reading.ts';

/**
 * Loads the active listings and their child records before a first load, if `--active-first` is set. The first load then
 * starts at the beginning of the feed and requests the active listings again: a listing may become active while the rest is
 * read, and only the number of all records shows at the end that none is missing. If this part was interrupted, the next
 * full-load resumes it, with or without the flag.
 * @returns false if `--max-pages` ended it.
 */
export async function loadActiveFirst(active: ActiveRun, dataset: Dataset): Promise<boolean> {
  const filter = dataset.read.kind === 'incremental' ? dataset.read.activeFirst : undefined;
  const { mode, activeFirst = false } = active.options;
  if (mode !== 'full-load' || filter === undefined) return true;
  const watermark = await getWatermark(active, dataset);
  const hasStarted = watermark.load?.cursor !== undefined;
  if (!(activeFirst || hasStarted) || watermark.activeAt !== undefined || watermark.completeAt !== undefined)
    return true;
  const plan = planActiveFirst(watermark, active.id);
  active.tools.progress.report(`${dataset.name}: ${plan.reason}`);
  active.tools.log.main.info(
    { resource: dataset.name, from: plan.from, reason: plan.reason },
    'active first',
  );
  if (!(await commitBatches(active, dataset, plan, filter)).end) return false;
  const sets = active.options.resources.filter((each) => parentLink(each)?.parent === dataset.name);
  for (const each of active.options.dryRun ? [] : sets) {
    if (!(await tryLoadSets(active, each))) return false;
  }
  await finishDataset(active, dataset, plan.finish);
  active.tools.progress.report(`${dataset.name}: active listings are loaded; the rest of the feed follows`);
  return true;
}

/** Skips child records that the feed refuses: their own load checks the licence later. */
async function tryLoadSets(active: ActiveRun, dataset: Dataset): Promise<boolean> {
  try {
    return (await loadChildSets(active, dataset)).end;
  } catch (err) {
    if (!(err instanceof QueryRefusedError)) throw err;
    active.tools.log.main.warn({ resource: dataset.name, err }, 'refused; skipped until its own load');
    return true;
  }
}
