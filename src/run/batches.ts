import { toSqlDateTime } from '../lib/time.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Page } from '../model/page.ts';
import { latestPast, type Watermark } from '../record/watermark.ts';
import { slicedTransformer, type Transformed } from '../transform/page.ts';
import { type Active, isEnough, show } from './active.ts';
import { ahead } from './ahead.ts';
import { type Change, commit, rehearse } from './commit.ts';
import { photosStart } from './modes/photos-start.ts';
import type { ReadPlan } from './modes/read-plan.ts';
import { pastLimit } from './modes/feed-time.ts';

/** What reading to the source's end, or until the run had enough, brought. */
export type BatchesRead = {
  /** Whether the source's end was reached. */
  readonly end: boolean;
  /** Records that were sent, each key once. */
  readonly sent: number;
  /** Records that the source counted at the start; undefined if it did not count. */
  readonly counted: number | undefined;
};

/**
 * The loop of every run: reads batches from the source, transforms them into rows, and commits rows and watermark
 * together. The next batch is fetched meanwhile.
 * @param filter limits what is read, in the source's own language; undefined: everything.
 */
export async function commitBatches(
  active: Active,
  resource: Dataset,
  plan: ReadPlan,
  filter?: string,
): Promise<BatchesRead> {
  const { source, signal, clock } = active.tools;
  const started = photosStart(active, resource, plan, clock.now());
  let expected: number | undefined;
  let sent = 0;
  // The count costs no request, and shows whether a short page is the end.
  const from = { cursor: plan.from, count: true, ...(filter === undefined ? {} : { filter }) };
  for await (const { page, count, cursor, records } of ahead(active.tools, (own) =>
    transformBatches(resource, source.read(resource, from, own)),
  )) {
    expected ??= count;
    sent += records;
    const protectedUpTo = plan.keepsNewer ? toSqlDateTime(latestPast(pastLimit(active.tools))) : undefined;
    const move = (watermark: Watermark): Watermark =>
      walking(plan, started(plan.advance(watermark, cursor, pastLimit(active.tools))));
    await storeBatch(active, { resource, page, move, pages: 1, protectedUpTo });
    show(active, resource, expected);
    signal.throwIfAborted();
    if (isEnough(active, resource)) return { end: false, sent, counted: expected };
  }
  return { end: true, sent, counted: expected };
}

/** Remembers where a read started until it ends. A full-load remembers with its own place that it is a whole one. */
function walking({ from, whole }: ReadPlan, watermark: Watermark): Watermark {
  return whole ? watermark : { ...watermark, walkFrom: watermark.walkFrom ?? from?.timestamp ?? '' };
}

/** A batch as rows, and what it says of its place in the source. */
type Taken = {
  readonly page: Transformed;
  /** How many were sent that the source counted. */
  readonly records: number;
  readonly cursor: Page['cursor'];
  readonly count: number | undefined;
  readonly complete: boolean;
};

/** Batches as rows: made while the database stores the batch before. */
export async function* transformBatches(
  resource: Dataset,
  pages: AsyncIterable<Page & { complete?: boolean }>,
): AsyncGenerator<Taken> {
  const transform = slicedTransformer(resource);
  for await (const page of pages) {
    const { cursor, count, complete = false } = page;
    yield {
      page: await transform(page),
      records: page.distinct ?? page.records.length,
      cursor,
      count,
      complete,
    };
  }
}

/** Commits a batch; in a dry run, only counts what that would do. */
export async function storeBatch(active: Active, change: Change): Promise<void> {
  const { resource, page, protectedUpTo } = change;
  if (active.options.dryRun) await rehearse(active, resource, page, protectedUpTo);
  else await commit(active, change);
}
