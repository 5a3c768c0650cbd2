import type { Dataset } from '../../dataset/dataset.ts';
import { createWatermark } from '../../record/watermark.ts';
import { countPages } from '../forecast.ts';
import {
  countRecordsFrom,
  type DatasetPlan,
  estimateGrowth,
  MAX_CENSUS_KEYS,
  estimateNewRows,
  type PlanContext,
  planReadOf,
} from '../dataset-plan.ts';
import { isPhotosCheckDue } from './photos-due.ts';
import { isResumed } from './read-plan.ts';
import { parentLink } from '../../dataset/reading.ts';

/** Every batch from where the run starts to the source's end. */
export async function planBatches(planned: PlanContext, dataset: Dataset): Promise<DatasetPlan> {
  const { tools } = planned;
  const { from } = planReadOf(planned, dataset);
  const records = await countRecordsFrom(planned, dataset, from?.timestamp);
  const lists = endsWithKeyList(planned, dataset) ? countPages(records, MAX_CENSUS_KEYS) : 0;
  return {
    resource: dataset.name,
    records,
    calls: countPages(records, tools.settings.pageSize) + lists + countPhotosCalls(planned, dataset),
    ...(await estimateGrowth(
      planned,
      dataset,
      await estimateNewRows(planned, dataset, records, from?.timestamp),
    )),
  };
}

/** Whether the read ends with a list of its keys, because it takes several runs. */
function endsWithKeyList(planned: PlanContext, dataset: Dataset): boolean {
  const watermark = planned.watermarks.get(dataset.name) ?? createWatermark(dataset.name);
  return parentLink(dataset) === undefined && isResumed(planReadOf(planned, dataset), watermark);
}

/** The query for photos that changed without the listing; what it will find is not known. */
function countPhotosCalls({ tools, mode, resources, watermarks }: PlanContext, dataset: Dataset): number {
  const watermark = watermarks.get(dataset.name) ?? createWatermark(dataset.name);
  const isDue = isPhotosCheckDue(dataset, resources, watermark, tools.clock.now(), tools.settings);
  return mode === 'sync' && isDue ? 1 : 0;
}
