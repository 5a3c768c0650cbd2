import type { Dataset } from '../../dataset/dataset.ts';
import { photoFields } from '../../dataset/reading.ts';
import type { Watermark } from '../../record/watermark.ts';
import type { ActiveRun } from '../active-run.ts';
import { toEarlierTime } from './feed-time.ts';
import { withPhotosStart } from './photos-due.ts';
import type { ReadPlan } from './read-plan.ts';

/**
 * Returns a function that sets the photos watermark of a first load to its start: the load stores all photos as they are
 * then, or later.
 * @param start on the local clock. The slower of the two clocks counts.
 */
export function createPhotosStart(active: ActiveRun, dataset: Dataset, { from }: ReadPlan, start: number) {
  return (watermark: Watermark): Watermark => {
    const isFirst =
      photoFields(dataset) !== undefined && watermark.completeAt === undefined && from === undefined;
    if (!isFirst) return watermark;
    return withPhotosStart(watermark, toEarlierTime(active, start));
  };
}
