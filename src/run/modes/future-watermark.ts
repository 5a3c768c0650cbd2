import { FatalError, UnavailableError } from '../../errors.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Cursor } from '../../model/cursor.ts';
import { isPast, type Watermark } from '../../record/watermark.ts';
import type { ActiveRun } from '../active-run.ts';
import { commit, NO_RECORDS } from '../commit.ts';
import { toEarlierTime } from './feed-time.ts';
import { getWatermark } from '../fence.ts';
import { closeGap } from './gap.ts';
import { parentLink } from '../../dataset/reading.ts';

/**
 * The watermark of a resource, not in the future: there it would hide every change until then. One wrong answer can have
 * moved it there: a record from the future together with a clock that was fast. Then all keys and versions are compared,
 * and the watermark is set back to when that began. A load that is under way begins again.
 * @throws UnavailableError if what differs could not be fetched.
 */
export async function ensurePastWatermark(active: ActiveRun, dataset: Dataset): Promise<Watermark> {
  const { tools, options } = active;
  const found = await getWatermark(active, dataset);
  if (!wasInFuture(found)) {
    if (!isInFuture(found, tools.source.now())) return found;
    await refreshFeedTime(active, dataset);
    if (!isInFuture(found, tools.source.now())) return found;
  }
  const { cursor, completeAt } = found;
  const what = `${dataset.name}: the watermark ${cursor?.timestamp ?? found.load?.cursor?.timestamp} is, or was, in the future`;
  tools.log.main.warn({ resource: dataset.name, watermark: cursor, load: found.load?.cursor }, what);
  if (options.dryRun) return found;
  const began = { timestamp: toEarlierTime(active, tools.clock.now()) };
  const isCursor = wasInFuture(found) || isLater(cursor, tools.source.now());
  const isLoad = isLater(found.load?.cursor, tools.source.now());
  const isComparable = completeAt !== undefined && tools.source.keys !== undefined;
  if (isCursor && isComparable && parentLink(dataset) === undefined) {
    tools.progress.report(`${what}: all keys and versions are compared`);
    if (!(await closeGap(active, dataset))) {
      throw new UnavailableError(`${what}, and what changed since could not be fetched`, {
        op: 'set the watermark back',
        hint: 'the API answers incompletely: try later',
      });
    }
  }
  // What cannot be compared is read from its beginning.
  const again = isComparable ? began : undefined;
  const move = (watermark: Watermark): Watermark => ({
    ...watermark,
    cursor: isCursor ? again : watermark.cursor,
    load: isLoad && watermark.load !== undefined ? { ...watermark.load, cursor: undefined } : watermark.load,
  });
  await commit(active, { dataset, page: NO_RECORDS, move, pages: 0 });
  return getWatermark(active, dataset);
}

/** A feed that does not count answers too, and its answer has the time. */
async function refreshFeedTime({ tools }: ActiveRun, dataset: Dataset): Promise<void> {
  try {
    await tools.source.keys?.count(dataset, tools.signal);
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
  }
}

function isInFuture({ cursor, load }: Watermark, now: number): boolean {
  return isLater(cursor, now) || isLater(load?.cursor, now);
}

/** Whether it was in the future by our clock when it was stored, so that changes of that time may have been passed over. */
function wasInFuture({ cursor, completeAt, updatedAt }: Watermark): boolean {
  return completeAt !== undefined && updatedAt !== undefined && isLater(cursor, updatedAt);
}

function isLater(place: Cursor | undefined, now: number): boolean {
  return place !== undefined && !isPast(place, now);
}
