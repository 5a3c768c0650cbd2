import type { Dataset } from '../../dataset/dataset.ts';
import type { Cursor } from '../../model/cursor.ts';
import type { Watermark } from '../../record/watermark.ts';
import { requireCapability } from '../../sources/source.ts';
import { type ActiveRun, reachedMaxPages, showProgress } from '../active-run.ts';
import { prefetchPages } from '../prefetch-pages.ts';
import { storeBatch, transformBatches } from '../batches.ts';
import { toEarlierTime, getWatermarkLimit } from './feed-time.ts';
import { createPhotosStart } from './photos-start.ts';
import type { ReadPlan } from './read-plan.ts';

/**
 * Reads the whole feed in no order, so the watermark cannot move until the last page is stored. It is then set to the start
 * of the load, because records that changed later may have been read before they changed.
 */
export async function replicate(
  active: ActiveRun,
  dataset: Dataset,
  plan: ReadPlan,
): Promise<'complete' | 'stopped' | 'died'> {
  const { source, signal, clock } = active.tools;
  const start = clock.now();
  const started = createPhotosStart(active, dataset, plan, start);
  let startCursor: Cursor | undefined;
  for await (const { page, complete } of prefetchPages(active.tools, (own) =>
    transformBatches(dataset, requireCapability(source, 'replicate', 'read')(dataset, own)),
  )) {
    startCursor ??= { timestamp: toEarlierTime(active, start) };
    const move = (watermark: Watermark): Watermark =>
      complete ? started(plan.advance(watermark, startCursor, getWatermarkLimit(active.tools))) : watermark;
    await storeBatch(active, { dataset, page, move, pages: 1 });
    showProgress(active, dataset);
    signal.throwIfAborted();
    if (complete) return 'complete';
    if (reachedMaxPages(active, dataset)) return 'stopped';
  }
  return 'died';
}
