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

/** Estimates the batches from the start of the run to the end of the source. */
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

/** Whether the read ends with a list of its keys, because an earlier run started it. */
function endsWithKeyList(planned: PlanContext, dataset: Dataset): boolean {
  const watermark = planned.watermarks.get(dataset.name) ?? createWatermark(dataset.name);
  return parentLink(dataset) === undefined && isResumed(planReadOf(planned, dataset), watermark);
}

/** Counts the query for photos that changed without their listing. The requests that follow from it are unknown. */
function countPhotosCalls({ tools, mode, datasets, watermarks }: PlanContext, dataset: Dataset): number {
  const watermark = watermarks.get(dataset.name) ?? createWatermark(dataset.name);
  const isDue = isPhotosCheckDue(dataset, datasets, watermark, tools.clock.now(), tools.settings);
  return mode === 'sync' && isDue ? 1 : 0;
}
