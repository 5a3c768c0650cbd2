import type { Dataset } from '../../dataset/dataset.ts';
import { noWatermark } from '../../record/watermark.ts';
import { pagesOf } from '../forecast.ts';
import { countFrom, type Expected, growth, newIn, type Planned, readPlanOf } from '../planned.ts';
import { isPhotosCheckDue } from './photos-due.ts';
import { parentLink } from '../../dataset/reading.ts';

/** Every batch from where the run starts to the source's end. */
export async function planBatches(planned: Planned, resource: Dataset): Promise<Expected> {
  const { tools } = planned;
  const { from } = readPlanOf(planned, resource);
  const records = await countFrom(planned, resource, from?.timestamp);
  // A read that takes several runs ends with a list of its keys.
  const counts = isResumed(planned, resource) ? pagesOf(records, MAX_KEYS) : 0;
  return {
    resource: resource.name,
    records,
    calls: pagesOf(records, tools.settings.pageSize) + counts + photosCalls(planned, resource),
    ...(await growth(planned, resource, await newIn(planned, resource, records, from?.timestamp))),
  };
}

/** Keys in one answer. */
const MAX_KEYS = 300_000;

function isResumed(planned: Planned, resource: Dataset): boolean {
  const { from, whole } = readPlanOf(planned, resource);
  if (parentLink(resource) !== undefined) return false;
  return whole ? from !== undefined : planned.watermarks.get(resource.name)?.walkFrom !== undefined;
}

/** The query for photos that changed without the listing; what it will find is not known. */
function photosCalls({ tools, mode, resources, watermarks }: Planned, resource: Dataset): number {
  const watermark = watermarks.get(resource.name) ?? noWatermark(resource.name);
  const isDue = isPhotosCheckDue(resource, resources, watermark, tools.clock.now(), tools.settings);
  return mode === 'sync' && isDue ? 1 : 0;
}
