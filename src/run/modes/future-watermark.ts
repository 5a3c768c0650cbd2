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
 * Returns the watermark of a dataset and resets it if it is in the future, where it would hide every change until then. A
 * single wrong answer can move it there: a record from the future together with a clock that was fast. In that case all
 * keys and versions are compared, and the watermark is set back to the start of the comparison. A load in progress starts
 * again.
 * @throws UnavailableError if records that differ could not be fetched.
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
  const problem = `${dataset.name}: the watermark ${cursor?.timestamp ?? found.load?.cursor?.timestamp} is, or was, in the future`;
  tools.log.main.warn({ resource: dataset.name, watermark: cursor, load: found.load?.cursor }, problem);
  if (options.dryRun) return found;
  const startedAt = { timestamp: toEarlierTime(active, tools.clock.now()) };
  const isCursor = wasInFuture(found) || isLater(cursor, tools.source.now());
  const isLoad = isLater(found.load?.cursor, tools.source.now());
  const isComparable = completeAt !== undefined && tools.source.keys !== undefined;
  if (isCursor && isComparable && parentLink(dataset) === undefined) {
    tools.progress.report(`${problem}: comparing all keys and versions`);
    if (!(await closeGap(active, dataset))) {
      throw new UnavailableError(`${problem}, and the changes since could not be fetched`, {
        op: 'set the watermark back',
        hint: 'the API sends incomplete answers: try later',
      });
    }
  }
  // A dataset that cannot be compared is read from its beginning.
  const reset = isComparable ? startedAt : undefined;
  const move = (watermark: Watermark): Watermark => ({
    ...watermark,
    cursor: isCursor ? reset : watermark.cursor,
    load: isLoad && watermark.load !== undefined ? { ...watermark.load, cursor: undefined } : watermark.load,
  });
  await commit(active, { dataset, page: NO_RECORDS, move, pages: 0 });
  return getWatermark(active, dataset);
}

/** Sends a request, because every answer has the feed's time. A refused count is an answer too. */
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

/** Whether the watermark was in the future by the local clock when it was stored, so that changes may have been missed. */
function wasInFuture({ cursor, completeAt, updatedAt }: Watermark): boolean {
  return completeAt !== undefined && updatedAt !== undefined && isLater(cursor, updatedAt);
}

function isLater(cursor: Cursor | undefined, now: number): boolean {
  return cursor !== undefined && !isPast(cursor, now);
}
