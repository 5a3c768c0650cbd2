import type { Dataset } from '../../dataset/dataset.ts';
import { countRows } from '../../load/count.ts';
import { estimateRowSize } from '../../load/row-size.ts';
import { requireCapability } from '../../sources/source.ts';
import { countPages } from '../forecast.ts';
import { type DatasetPlan, MAX_CENSUS_KEYS, type PlanContext, countRequests } from '../dataset-plan.ts';

/** Bytes of a staged key on disk during a census. */
const STAGED_KEY_BYTES = 120;

/** Estimates the work of a reconcile: a census, a count, and a look-up of the difference between feed and table. */
export async function planReconcile({ tools }: PlanContext, dataset: Dataset): Promise<DatasetPlan> {
  const records = await requireCapability(tools.source, 'keys', 'plan').count(dataset, tools.signal);
  const stored = await countRows(tools.database, dataset);
  const missing = Math.max(0, records - stored);
  const absent = Math.max(0, stored - records);
  // With a filter, absent keys are looked up again without it.
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
