import { toSqlDateTime } from '../../lib/time.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Cursor } from '../../model/cursor.ts';
import type { Page } from '../../model/page.ts';
import { latestPast, type Watermark } from '../../record/watermark.ts';
import { slicedTransformer, type Transformed } from '../../transform/page.ts';
import { type Active, isEnough, show } from '../active.ts';
import { ahead } from '../ahead.ts';
import { type Change, commit, NO_RECORDS, rehearse } from '../commit.ts';
import { watermarkOf } from '../fence.ts';
import { feedTimeAt, MARGIN } from './feed-time.ts';
import { withoutFuture } from './future.ts';
import { areRowsFew, closeGap } from './gap.ts';
import { withPhotosBegun } from './photos-due.ts';
import { nothing, tallied } from '../tally.ts';
import { chooseTrack, type Track } from './read-plan.ts';
import { parentLink, photoFields } from '../../dataset/reading.ts';
import { capability } from '../../sources/source.ts';

export type Reached = {
  /** Whether the feed's end was reached. */
  readonly end: boolean;
  /** What the watermark is then. */
  readonly finish: Track['finish'];
  /** Whether every empty set was believed; only where sets were fetched. */
  readonly isProven?: boolean;
};

/**
 * Takes a resource page by page, from where its watermark says to the feed's end, and commits each page together with
 * the watermark behind it. The next page is fetched meanwhile.
 * @returns what is left to the caller: to finish the resource, once what belongs to it is here too.
 */
export async function loadResource(active: Active, resource: Dataset): Promise<Reached> {
  const { tools, options } = active;
  const watermark = await withoutFuture(active, resource);
  const track = chooseTrack(watermark, {
    mode: options.mode,
    since: options.since,
    restart: options.restart ?? false,
    overlap: tools.settings.overlap,
    run: active.id,
  });
  active.tally = tallied(active.tally, resource.name, nothing, 0, {
    watermarkBefore: watermark.cursor?.timestamp ?? null,
    watermarkAfter: watermark.cursor?.timestamp ?? null,
  });
  tools.progress.say(`${resource.name}: ${track.reason}`);
  tools.log.main.info(
    { resource: resource.name, from: track.from, reason: track.reason },
    'resource started',
  );
  if (options.strategy === 'replication' && track.whole && track.from === undefined) {
    const replicated = await replicate(active, resource, track);
    if (replicated === 'stopped') return { end: false, finish: track.finish };
    if (replicated === 'complete') return settle(active, resource, track, false);
    tools.progress.say(
      `${resource.name}: the replication link died; going on by keyset, what is here already will count as unchanged`,
    );
  }
  const { end, isShort } = await byKeyset(active, resource, track);
  return end ? settle(active, resource, track, isShort) : { end, finish: track.finish };
}

/**
 * The walk came to the feed's end. If it brought fewer records than the feed counts, what it missed is looked for by key;
 * if that cannot be brought either, the walk begins again with the next run.
 */
async function settle(active: Active, resource: Dataset, track: Track, isShort: boolean): Promise<Reached> {
  const { tools, options } = active;
  const { finish } = track;
  // What belongs to listings is compared listing by listing.
  if (parentLink(resource) !== undefined || options.dryRun) return { end: true, finish };
  const isOneWalk = track.from === undefined && options.strategy !== 'replication';
  const isDoubtful = isShort || (track.whole && !isOneWalk && (await areRowsFew(active, resource)));
  if (!isDoubtful) return { end: true, finish };
  // Back first: a run that ends before the gap is closed must not leave it behind.
  const { cursor, load } = await watermarkOf(active, resource);
  await commit(active, { resource, page: NO_RECORDS, move: track.back, pages: 0 });
  if (await closeGap(active, resource, track.whole ? undefined : track.from)) {
    const move = (watermark: Watermark): Watermark => ({ ...watermark, cursor, load });
    await commit(active, { resource, page: NO_RECORDS, move, pages: 0 });
    return { end: true, finish };
  }
  const what = 'the feed counts more records than it sends, also by key';
  tools.log.main.warn({ resource: resource.name, from: track.from }, what);
  tools.progress.say(`${resource.name}: ${what}; the next run reads them again`);
  return { end: false, finish };
}

/** The resource is as complete as the feed is. */
export async function finishResource(
  active: Active,
  resource: Dataset,
  finish: Track['finish'],
): Promise<void> {
  if (active.options.dryRun) return;
  const now = active.tools.clock.now();
  const move = (watermark: Watermark): Watermark => finish(watermark, now);
  await commit(active, { resource, page: NO_RECORDS, move, pages: 0 });
}

/**
 * @param filter what of the feed; all where undefined.
 * @returns whether the end was reached, and whether fewer records were sent than the feed counted at the beginning.
 */
export async function byKeyset(
  active: Active,
  resource: Dataset,
  track: Track,
  filter?: string,
): Promise<{ end: boolean; isShort: boolean }> {
  const { source, signal, clock } = active.tools;
  const started = withStart(active, resource, track, clock.now());
  let expected: number | undefined;
  let sent = 0;
  // The count costs no request, and shows whether a short page is the end.
  const from = { cursor: track.from, count: true, ...(filter === undefined ? {} : { filter }) };
  for await (const { page, count, cursor, records } of ahead(active.tools, (own) =>
    transformed(resource, source.read(resource, from, own)),
  )) {
    expected ??= count;
    sent += records;
    const protectedUpTo = track.keepsNewer ? toSqlDateTime(latestPast(source.now())) : undefined;
    const move = (watermark: Watermark): Watermark => started(track.advance(watermark, cursor, source.now()));
    await take(active, { resource, page, move, pages: 1, protectedUpTo });
    show(active, resource, expected);
    signal.throwIfAborted();
    if (isEnough(active, resource)) return { end: false, isShort: false };
  }
  return { end: true, isShort: sent < (expected ?? 0) };
}

/**
 * The whole feed in no order: the watermark can't move before the last page is in. Then it is set to the moment at which
 * the load began, as whatever changed since may have been read before it changed.
 */
async function replicate(
  active: Active,
  resource: Dataset,
  track: Track,
): Promise<'complete' | 'stopped' | 'died'> {
  const { source, signal, clock } = active.tools;
  const start = clock.now();
  const started = withStart(active, resource, track, start);
  let began: Cursor | undefined;
  for await (const { page, complete } of ahead(active.tools, (own) =>
    transformed(resource, capability(source, 'replicate', 'read')(resource, own)),
  )) {
    began ??= { timestamp: feedTimeAt(active, start) };
    const move = (watermark: Watermark): Watermark =>
      complete ? started(track.advance(watermark, began, source.now())) : watermark;
    await take(active, { resource, page, move, pages: 1 });
    show(active, resource);
    signal.throwIfAborted();
    if (complete) return 'complete';
    if (isEnough(active, resource)) return 'stopped';
  }
  return 'died';
}

/**
 * A first load that reads the feed from its beginning stores all photos as they are when it begins, or later.
 * @param start on our clock: if one of the two clocks is fast, the other one counts.
 */
function withStart(active: Active, resource: Dataset, { from }: Track, start: number) {
  return (watermark: Watermark): Watermark => {
    const isFirst =
      photoFields(resource) !== undefined && watermark.completeAt === undefined && from === undefined;
    if (!isFirst) return watermark;
    const ours = new Date(start - MARGIN).toISOString();
    const theirs = feedTimeAt(active, start);
    return withPhotosBegun(watermark, theirs < ours ? theirs : ours);
  };
}

type Taken = {
  readonly page: Transformed;
  /** How many were sent. */
  readonly records: number;
  readonly cursor: Page['cursor'];
  readonly count: number | undefined;
  readonly complete: boolean;
};

/** What pages hold, as rows: made before they are taken, while the database has those of another one in hand. */
async function* transformed(
  resource: Dataset,
  pages: AsyncIterable<Page & { complete?: boolean }>,
): AsyncGenerator<Taken> {
  const transform = slicedTransformer(resource);
  for await (const page of pages) {
    const { cursor, count, complete = false } = page;
    yield { page: await transform(page), records: page.records.length, cursor, count, complete };
  }
}

async function take(active: Active, change: Change): Promise<void> {
  const { resource, page, protectedUpTo } = change;
  if (active.options.dryRun) await rehearse(active, resource, page, protectedUpTo);
  else await commit(active, change);
}
