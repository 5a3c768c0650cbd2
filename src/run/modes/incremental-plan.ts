import type { Dataset } from '../../dataset/dataset.ts';
import { noWatermark } from '../../record/watermark.ts';
import { pagesOf } from '../forecast.ts';
import { countFrom, type Expected, growth, newIn, type Planned, readPlanOf } from '../planned.ts';
import { isPhotosCheckDue } from './photos-due.ts';

/** Every batch from where the run starts to the source's end. */
export async function planBatches(planned: Planned, resource: Dataset): Promise<Expected> {
  const { tools } = planned;
  const { from, whole } = readPlanOf(planned, resource);
  const records = await countFrom(planned, resource, from?.timestamp);
  // A pass in several runs ends with the feed's count.
  const counts = whole && from !== undefined ? 1 : 0;
  return {
    resource: resource.name,
    records,
    calls: pagesOf(records, tools.settings.pageSize) + counts + photosCalls(planned, resource),
    ...(await growth(planned, resource, await newIn(planned, resource, records, from?.timestamp))),
  };
}

/** The query for photos that changed without the listing; what it will find is not known. */
function photosCalls({ tools, mode, resources, watermarks }: Planned, resource: Dataset): number {
  const watermark = watermarks.get(resource.name) ?? noWatermark(resource.name);
  const isDue = isPhotosCheckDue(resource, resources, watermark, tools.clock.now(), tools.settings);
  return mode === 'sync' && isDue ? 1 : 0;
}
