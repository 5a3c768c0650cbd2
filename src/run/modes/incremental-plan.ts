import type { Dataset } from '../../dataset/dataset.ts';
import { noWatermark } from '../../record/watermark.ts';
import { pagesOf } from '../forecast.ts';
import { countFrom, type Expected, growth, MAX_KEYS, newIn, type Planned, readPlanOf } from '../planned.ts';
import { isPhotosCheckDue } from './photos-due.ts';
import { isResumed } from './read-plan.ts';
import { parentLink } from '../../dataset/reading.ts';

/** Every batch from where the run starts to the source's end. */
export async function planBatches(planned: Planned, resource: Dataset): Promise<Expected> {
  const { tools } = planned;
  const { from } = readPlanOf(planned, resource);
  const records = await countFrom(planned, resource, from?.timestamp);
  const lists = endsWithKeys(planned, resource) ? pagesOf(records, MAX_KEYS) : 0;
  return {
    resource: resource.name,
    records,
    calls: pagesOf(records, tools.settings.pageSize) + lists + photosCalls(planned, resource),
    ...(await growth(planned, resource, await newIn(planned, resource, records, from?.timestamp))),
  };
}

/** Whether the read ends with a list of its keys, because it takes several runs. */
function endsWithKeys(planned: Planned, resource: Dataset): boolean {
  const watermark = planned.watermarks.get(resource.name) ?? noWatermark(resource.name);
  return parentLink(resource) === undefined && isResumed(readPlanOf(planned, resource), watermark);
}

/** The query for photos that changed without the listing; what it will find is not known. */
function photosCalls({ tools, mode, resources, watermarks }: Planned, resource: Dataset): number {
  const watermark = watermarks.get(resource.name) ?? noWatermark(resource.name);
  const isDue = isPhotosCheckDue(resource, resources, watermark, tools.clock.now(), tools.settings);
  return mode === 'sync' && isDue ? 1 : 0;
}
