import type { Dataset } from '../../dataset/dataset.ts';
import { countRows } from '../../load/count.ts';
import { estimateRowSize } from '../../load/row-size.ts';
import { requireCapability } from '../../sources/source.ts';
import { countPages } from '../forecast.ts';
import { type DatasetPlan, MAX_CENSUS_KEYS, type PlanContext, countRequests } from '../dataset-plan.ts';

/** A staged key on disk, while a census goes on. */
const STAGED_KEY_BYTES = 120;

/** What a reconcile would do: every key once, the feed's count, and what one of the two sides has more. */
export async function planReconcile({ tools }: PlanContext, dataset: Dataset): Promise<DatasetPlan> {
  const records = await requireCapability(tools.source, 'keys', 'plan').count(dataset, tools.signal);
  const here = await countRows(tools.database, dataset);
  const missing = Math.max(0, records - here);
  const absent = Math.max(0, here - records);
  // What a filter leaves out is looked up once more without it.
  const looks = tools.settings.filters[dataset.name] === undefined ? 1 : 2;
  const calls =
    countPages(records, MAX_CENSUS_KEYS) + 1 + countRequests(missing) + looks * countRequests(absent);
  const { bytes, isMeasured } = await estimateRowSize(tools.database, dataset, tools.settings.keepPayload);
  return {
    resource: dataset.name,
    records,
    calls,
    newRows: missing,
    bytes: records * STAGED_KEY_BYTES + missing * bytes,
    isMeasured,
  };
}
