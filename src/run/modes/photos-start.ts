import type { Dataset } from '../../dataset/dataset.ts';
import { photoFields } from '../../dataset/reading.ts';
import type { Watermark } from '../../record/watermark.ts';
import type { ActiveRun } from '../active-run.ts';
import { toEarlierTime } from './feed-time.ts';
import { withPhotosStart } from './photos-due.ts';
import type { ReadPlan } from './read-plan.ts';

/**
 * A first load that reads the feed from its beginning stores all photos as they are when it begins, or later.
 * @param start on our clock: if one of the two clocks is fast, the other one counts.
 */
export function createPhotosStart(active: ActiveRun, dataset: Dataset, { from }: ReadPlan, start: number) {
  return (watermark: Watermark): Watermark => {
    const isFirst =
      photoFields(dataset) !== undefined && watermark.completeAt === undefined && from === undefined;
    if (!isFirst) return watermark;
    return withPhotosStart(watermark, toEarlierTime(active, start));
  };
}
