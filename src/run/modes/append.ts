import type { Dataset } from '../../dataset/dataset.ts';
import { countRows } from '../../load/count.ts';
import type { Active } from '../active.ts';
import { commitBatches } from '../batches.ts';
import { watermarkOf } from '../fence.ts';
import { type Expected, growth, type Planned } from '../planned.ts';
import { nothing, tallied } from '../tally.ts';
import type { ReadingMode } from './mode.ts';
import { finishDataset } from './pass.ts';
import { placed, type ReadPlan } from './read-plan.ts';

/**
 * Items by their key: new ones are inserted, changed ones updated, and none is deleted. Each pass starts at the source's
 * beginning; a pass that was interrupted resumes at its checkpoint.
 */
export const append: ReadingMode = { load, plan };

async function load(active: Active, dataset: Dataset): Promise<boolean> {
  const { load: begun } = await watermarkOf(active, dataset);
  const readPlan = passPlan(active.options.restart === true ? undefined : begun?.cursor, active.id);
  active.tally = tallied(active.tally, dataset.name, nothing, 0);
  active.tools.progress.say(`${dataset.name}: ${readPlan.reason}`);
  const { end } = await commitBatches(active, dataset, readPlan);
  if (end) await finishDataset(active, dataset, readPlan.finish);
  return end;
}

/** A source of items is not asked for its number: the rows that are stored are the best estimate. */
async function plan(planned: Planned, dataset: Dataset): Promise<Expected> {
  const { tools, hasTables } = planned;
  const records = hasTables ? await countRows(tools.database, dataset) : 0;
  return { resource: dataset.name, records, calls: 0, ...(await growth(planned, dataset, 0)) };
}

/** The checkpoint is the source's own text: it is stored as it is, and never compared. */
function passPlan(from: ReadPlan['from'], run: number): ReadPlan {
  return {
    from,
    reason: from === undefined ? 'from the beginning' : `resumes at ${from.timestamp}`,
    whole: true,
    keepsNewer: false,
    advance: (watermark, reached) => placed(watermark, reached ?? watermark.load?.cursor, run),
    finish: (watermark, now) => ({ ...watermark, load: undefined, completeAt: now, usableAt: now }),
  };
}
