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
 * Before a first load, where that is asked for: the listings that a site shows, with what is fetched for them as a set. From
 * then on the tables can be used; the load itself then begins at the feed's beginning all the same, as a listing may become
 * active while the rest is read. Interrupted, the next full-load goes on where it committed, asked for once more or not.
 * @returns whether it is through: false where `--max-pages` ended it.
 */
export async function loadActiveFirst(active: ActiveRun, dataset: Dataset): Promise<boolean> {
  const filter = dataset.read.kind === 'incremental' ? dataset.read.activeFirst : undefined;
  const { mode, activeFirst: usableFirst = false } = active.options;
  if (mode !== 'full-load' || filter === undefined) return true;
  const watermark = await getWatermark(active, dataset);
  const isBegun = watermark.load?.cursor !== undefined;
  if (!(usableFirst || isBegun) || watermark.activeAt !== undefined || watermark.completeAt !== undefined)
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
  active.tools.progress.report(`${dataset.name}: usable now; the rest of the feed follows`);
  return true;
}

/** What is refused has its own turn later, which tells what of it is licensed. */
async function tryLoadSets(active: ActiveRun, dataset: Dataset): Promise<boolean> {
  try {
    return (await loadChildSets(active, dataset)).end;
  } catch (err) {
    if (!(err instanceof QueryRefusedError)) throw err;
    active.tools.log.main.warn({ resource: dataset.name, err }, 'refused; left to its own turn');
    return true;
  }
}
