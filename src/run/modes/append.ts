import type { Dataset } from '../../dataset/dataset.ts';
import { countRows } from '../../load/count.ts';
import type { ActiveRun } from '../active-run.ts';
import { commitBatches } from '../batches.ts';
import { getWatermark } from '../fence.ts';
import { type DatasetPlan, estimateGrowth, type PlanContext } from '../dataset-plan.ts';
import { zeroCounts, addToTally } from '../tally.ts';
import type { ReadingMode } from './mode.ts';
import { finishDataset } from './pass.ts';
import { withLoadCursor, type ReadPlan } from './read-plan.ts';

/**
 * Reads items by key: inserts new ones, updates changed ones and deletes none. Each pass starts at the beginning of the
 * source; an interrupted pass resumes at its checkpoint.
 */
export const append: ReadingMode = { load, plan };

async function load(active: ActiveRun, dataset: Dataset): Promise<boolean> {
  const { load: started } = await getWatermark(active, dataset);
  const readPlan = planPass(active.options.restart === true ? undefined : started?.cursor, active.id);
  active.tally = addToTally(active.tally, dataset.name, zeroCounts, 0);
  active.tools.progress.report(`${dataset.name}: ${readPlan.reason}`);
  const { end } = await commitBatches(active, dataset, readPlan);
  if (end) await finishDataset(active, dataset, readPlan.finish);
  return end;
}

/** The source is not asked for a count: the stored rows are the best estimate. */
async function plan(planned: PlanContext, dataset: Dataset): Promise<DatasetPlan> {
  const { tools, hasTables } = planned;
  const records = hasTables ? await countRows(tools.database, dataset) : 0;
  return { resource: dataset.name, records, calls: 0, ...(await estimateGrowth(planned, dataset, 0)) };
}

/** The checkpoint is the source's own text: stored unchanged, never compared. */
function planPass(from: ReadPlan['from'], run: number): ReadPlan {
  return {
    from,
    reason: from === undefined ? 'from the beginning' : `resumes at ${from.timestamp}`,
    whole: true,
    keepsNewer: false,
    advance: (watermark, reached) => withLoadCursor(watermark, reached ?? watermark.load?.cursor, run),
    finish: (watermark, now) => ({ ...watermark, load: undefined, completeAt: now, activeAt: now }),
  };
}
