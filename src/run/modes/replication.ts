import type { Dataset } from '../../dataset/dataset.ts';
import type { Cursor } from '../../model/cursor.ts';
import type { Watermark } from '../../record/watermark.ts';
import { requireCapability } from '../../sources/source.ts';
import { type Active, isEnough, show } from '../active.ts';
import { ahead } from '../ahead.ts';
import { storeBatch, transformBatches } from '../batches.ts';
import { earlierTimeAt, pastLimit } from './feed-time.ts';
import { photosStart } from './photos-start.ts';
import type { ReadPlan } from './read-plan.ts';

/**
 * The whole feed in no order: the watermark can't move before the last page is in. Then it is set to the moment at which
 * the load began, as whatever changed since may have been read before it changed.
 */
export async function replicate(
  active: Active,
  resource: Dataset,
  plan: ReadPlan,
): Promise<'complete' | 'stopped' | 'died'> {
  const { source, signal, clock } = active.tools;
  const start = clock.now();
  const started = photosStart(active, resource, plan, start);
  let began: Cursor | undefined;
  for await (const { page, complete } of ahead(active.tools, (own) =>
    transformBatches(resource, requireCapability(source, 'replicate', 'read')(resource, own)),
  )) {
    began ??= { timestamp: earlierTimeAt(active, start) };
    const move = (watermark: Watermark): Watermark =>
      complete ? started(plan.advance(watermark, began, pastLimit(active.tools))) : watermark;
    await storeBatch(active, { resource, page, move, pages: 1 });
    show(active, resource);
    signal.throwIfAborted();
    if (complete) return 'complete';
    if (isEnough(active, resource)) return 'stopped';
  }
  return 'died';
}
