import { QueryRefusedError } from '../../errors.ts';
import { requireCapability, type ChangedPhotosPage } from '../../sources/source.ts';
import { hasSamePhotos } from '../../load/index-row.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Cursor } from '../../model/cursor.ts';
import { rewindCursor, pickLater, type Watermark } from '../../record/watermark.ts';
import type { ActiveRun } from '../active-run.ts';
import { prefetchPages } from '../prefetch-pages.ts';
import { commit, NO_RECORDS } from '../commit.ts';
import { toEarlierTime, getWatermarkLimit } from './feed-time.ts';
import { fetchByKey } from '../fetch-by-key.ts';
import { commitFenced, getWatermark } from '../fence.ts';
import { isPhotosCheckDue } from './photos-due.ts';
import { findStale } from '../stale.ts';
import { toStorableCursor } from './read-plan.ts';
import { photoFields } from '../../dataset/reading.ts';

/** Earlier than any photo. Without a lower bound the feed sends records without photos first. */
const BEFORE_ALL_PHOTOS: Cursor = { timestamp: '1900-01-01T00:00:00.000Z' };

/**
 * Finds listings whose photos changed without a new timestamp of the listing, with one query for index fields, and stores
 * their current version. This marks their media as stale. The photos watermark moves after everything is stored, so that a
 * killed run misses nothing. If the feed refuses the query, it is sent again after METADATA_MAX_AGE.
 * @returns whether every listing found was also fetched by key. If not, the watermark does not move past it.
 */
export async function checkPhotos(active: ActiveRun, dataset: Dataset): Promise<boolean> {
  const { tools, options } = active;
  const watermark = await getWatermark(active, dataset);
  const described = options.resources.find(({ name }) => name === dataset.name) ?? dataset;
  const now = tools.clock.now();
  if (
    options.mode !== 'sync' ||
    !isPhotosCheckDue(described, options.resources, watermark, now, tools.settings)
  )
    return true;
  if (photoFields(dataset) === undefined) {
    const { changed, count } = photoFields(described)!;
    await recordRefusal(active, dataset, `the licence lacks ${changed} or ${count}`);
    return true;
  }
  // Ignore a watermark that was in the future by the local clock when it was stored.
  const reached = photosCursorOf(
    watermark,
    Math.min(getWatermarkLimit(tools), watermark.updatedAt ?? Infinity),
  );
  const from = reached === undefined ? BEFORE_ALL_PHOTOS : rewindCursor(reached, tools.settings.overlap);
  let [listed, found, missed] = [0, 0, 0];
  let counted: number | undefined;
  let last: Cursor | undefined;
  let isAnswered = false;
  for await (const page of readPhotosIndex(active, dataset, from)) {
    isAnswered = true;
    counted ??= page.count;
    listed += page.entries.length + page.withoutKey;
    last = page.cursor ?? last;
    const stale = await findStale(tools, dataset, page.entries, hasSamePhotos);
    found += stale.length;
    if (!options.dryRun) missed += (await fetchByKey(active, dataset, stale)).missed;
    tools.signal.throwIfAborted();
  }
  const isWhole = missed === 0 && listed >= (counted ?? 0);
  if (isAnswered && isWhole && !options.dryRun) await advancePhotosWatermark(active, dataset, last, now);
  if (found === 0) return isWhole;
  tools.log.main.info({ resource: dataset.name, found, from }, 'photos changed without their listing');
  const verb = options.dryRun ? 'would be fetched' : 'were fetched';
  tools.progress.report(
    `${dataset.name}: photos of ${found} listings changed without the listing; they ${verb}`,
  );
  if (missed > 0) {
    tools.log.quality.warn(
      { resource: dataset.name, missed },
      'listings whose photos changed were not sent when requested by key; the next sync retries',
    );
  }
  return isWhole;
}

/** Yields nothing if the feed refuses the query. */
async function* readPhotosIndex(
  active: ActiveRun,
  dataset: Dataset,
  from: Cursor,
): AsyncGenerator<ChangedPhotosPage> {
  const { tools } = active;
  let hasPage = false;
  try {
    for await (const page of prefetchPages(tools, (own) =>
      requireCapability(tools.source, 'changedPhotos', 'read')(dataset, from, own),
    )) {
      hasPage = true;
      yield page;
    }
  } catch (error) {
    const isRefused = error instanceof QueryRefusedError && [400, 403].includes(error.status);
    if (hasPage || !isRefused) throw error;
    await recordRefusal(active, dataset, error.message);
  }
}

/** @param last the last cursor of the list. If it is in the future, `start` on the local clock is used instead. */
async function advancePhotosWatermark(
  active: ActiveRun,
  dataset: Dataset,
  last: Cursor | undefined,
  start: number,
): Promise<void> {
  const now = getWatermarkLimit(active.tools);
  const future = last === undefined ? undefined : { timestamp: toEarlierTime(active, start) };
  const reached = toStorableCursor(last, now) ?? future;
  const move = (watermark: Watermark): Watermark => {
    const cursor = pickLater(photosCursorOf(watermark, now), reached);
    return { ...watermark, photos: { timestamp: cursor?.timestamp, refusal: undefined } };
  };
  const before = await getWatermark(active, dataset);
  const { photos } = move(before);
  if (photos.timestamp === before.photos.timestamp && before.photos.refusal === undefined) return;
  await commit(active, { dataset, page: NO_RECORDS, move, pages: 0 });
}

/** The photos watermark as a cursor; undefined in the future, where it would hide every change until then. */
function photosCursorOf({ photos: { timestamp } }: Watermark, now: number): Cursor | undefined {
  return timestamp === undefined ? undefined : toStorableCursor({ timestamp }, now);
}

/** Records a refusal. Reported once, and again only if the feed answered the query in between. */
async function recordRefusal(active: ActiveRun, dataset: Dataset, message: string): Promise<void> {
  const { tools, options } = active;
  const { refusal } = (await getWatermark(active, dataset)).photos;
  const refused = { at: tools.clock.now(), message: tools.clean(message).slice(0, 1000) };
  if (refusal === undefined) {
    tools.log.main.warn(
      { resource: dataset.name, refusal: refused.message },
      'cannot check for photos that change without their listing; reconcile finds them',
    );
    tools.progress.report(
      `${dataset.name}: only reconcile finds photos that change without their listing: ${refused.message}`,
    );
  }
  if (options.dryRun) return;
  await commitFenced(
    active,
    dataset,
    (watermark) => ({ ...watermark, photos: { ...watermark.photos, refusal: refused } }),
    async () => undefined,
  );
}
