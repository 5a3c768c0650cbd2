import { prefetch } from '../lib/prefetch.ts';
import type { Cursor, Resource } from '../model.ts';
import { noWatermark, readWatermark, type Watermark } from '../record/watermark.ts';
import { transformer } from '../transform/page.ts';
import { type Active, isEnough, show } from './active.ts';
import { commit, rehearse } from './commit.ts';
import { nothing, tallied } from './tally.ts';
import { chooseTrack, type Track } from './track.ts';

/** Whether the feed's end was reached. */
export type Reached = { readonly end: boolean };

/**
 * Takes a resource page by page, from where its watermark says to the feed's end, and commits each page together with
 * the watermark behind it. The next page is fetched meanwhile.
 */
export async function loadResource(active: Active, resource: Resource): Promise<Reached> {
  const { tools, options } = active;
  let watermark = await readBefore(active, resource);
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
    const replicated = await replicate(active, resource, watermark, track);
    if (replicated !== 'died') return { end: replicated === 'complete' };
    watermark = await readBefore(active, resource);
    tools.progress.say(
      `${resource.name}: the replication link died; going on by keyset, what is here already will count as unchanged`,
    );
  }
  return byKeyset(active, resource, watermark, track);
}

async function byKeyset(
  active: Active,
  resource: Resource,
  start: Watermark,
  track: Track,
): Promise<Reached> {
  const { source, signal, clock } = active.tools;
  const transform = transformer(resource);
  let watermark = start;
  let expected: number | undefined;
  const from = { cursor: track.from, count: track.whole };
  for await (const page of prefetch(source.pages(resource, from, signal))) {
    expected ??= page.count;
    const after = track.advance(watermark, page.cursor, source.now());
    watermark = await take(active, resource, transform(page), watermark, after);
    show(active, resource, expected);
    signal.throwIfAborted();
    if (isEnough(active, resource)) return { end: false };
  }
  await take(active, resource, NO_RECORDS, watermark, track.finish(watermark, clock.now()), 0);
  return { end: true };
}

/**
 * The whole feed in no order: the watermark can't move before the last page is in. Then it is set to the moment at which
 * the load began, as whatever changed since may have been read before it changed.
 */
async function replicate(
  active: Active,
  resource: Resource,
  before: Watermark,
  track: Track,
): Promise<'complete' | 'stopped' | 'died'> {
  const { source, signal, clock } = active.tools;
  const transform = transformer(resource);
  const start = clock.now();
  let began: Cursor | undefined;
  let watermark = before;
  for await (const page of prefetch(source.replicate(resource, signal))) {
    // By the feed's clock, which is known only now that it has answered.
    began ??= { timestamp: new Date(source.now() - (clock.now() - start) - MARGIN).toISOString() };
    watermark = await take(active, resource, transform(page), watermark, watermark);
    show(active, resource);
    signal.throwIfAborted();
    if (page.complete) {
      const after = track.finish(track.advance(watermark, began, source.now()), clock.now());
      await take(active, resource, NO_RECORDS, watermark, after, 0);
      return 'complete';
    }
    if (isEnough(active, resource)) return 'stopped';
  }
  return 'died';
}

/** The feed's Date header has whole seconds, and an answer takes a while to arrive. */
const MARGIN = 60_000;

const NO_RECORDS = { rows: [], rejects: [], older: 0 };

async function take(
  active: Active,
  resource: Resource,
  page: ReturnType<ReturnType<typeof transformer>>,
  before: Watermark,
  after: Watermark,
  pages = 1,
): Promise<Watermark> {
  if (active.options.dryRun) {
    await rehearse(active, resource, page);
    return before;
  }
  return commit(active, { resource, page, before, after, pages });
}

async function readBefore(active: Active, resource: Resource): Promise<Watermark> {
  return active.hasTables ? readWatermark(active.connection, resource.name) : noWatermark(resource.name);
}
