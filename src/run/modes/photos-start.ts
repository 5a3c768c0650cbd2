import type { Dataset } from '../../dataset/dataset.ts';
import { photoFields } from '../../dataset/reading.ts';
import type { Watermark } from '../../record/watermark.ts';
import type { Active } from '../active.ts';
import { earlierTimeAt } from './feed-time.ts';
import { withPhotosBegun } from './photos-due.ts';
import type { ReadPlan } from './read-plan.ts';

/**
 * A first load that reads the feed from its beginning stores all photos as they are when it begins, or later.
 * @param start on our clock: if one of the two clocks is fast, the other one counts.
 */
export function photosStart(active: Active, resource: Dataset, { from }: ReadPlan, start: number) {
  return (watermark: Watermark): Watermark => {
    const isFirst =
      photoFields(resource) !== undefined && watermark.completeAt === undefined && from === undefined;
    if (!isFirst) return watermark;
    return withPhotosBegun(watermark, earlierTimeAt(active, start));
  };
}
