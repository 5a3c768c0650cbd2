import { toSqlDateTime } from '../lib/time.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Page } from '../model/page.ts';
import { latestPastMs, type Watermark } from '../record/watermark.ts';
import { createSlicedTransformer, type TransformedPage } from '../transform/page.ts';
import { type ActiveRun, reachedMaxPages, showProgress } from './active-run.ts';
import { prefetchPages } from './prefetch-pages.ts';
import { type PageCommit, commit, simulateCommit } from './commit.ts';
import { createPhotosStart } from './modes/photos-start.ts';
import type { ReadPlan } from './modes/read-plan.ts';
import { getWatermarkLimit } from './modes/feed-time.ts';

/** What reading to the source's end, or until the run had enough, brought. */
export type ReadResult = {
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
  active: ActiveRun,
  dataset: Dataset,
  plan: ReadPlan,
  filter?: string,
): Promise<ReadResult> {
  const { source, signal, clock } = active.tools;
  const started = createPhotosStart(active, dataset, plan, clock.now());
  let expected: number | undefined;
  let sent = 0;
  // The count costs no request, and shows whether a short page is the end.
  const from = { cursor: plan.from, count: true, ...(filter === undefined ? {} : { filter }) };
  for await (const { page, count, cursor, records } of prefetchPages(active.tools, (own) =>
    transformBatches(dataset, source.read(dataset, from, own)),
  )) {
    expected ??= count;
    sent += records;
    const protectedUpTo = plan.keepsNewer
      ? toSqlDateTime(latestPastMs(getWatermarkLimit(active.tools)))
      : undefined;
    const move = (watermark: Watermark): Watermark =>
      withWalkStart(plan, started(plan.advance(watermark, cursor, getWatermarkLimit(active.tools))));
    await storeBatch(active, { dataset, page, move, pages: 1, protectedUpTo });
    showProgress(active, dataset, expected);
    signal.throwIfAborted();
    if (reachedMaxPages(active, dataset)) return { end: false, sent, counted: expected };
  }
  return { end: true, sent, counted: expected };
}

/** Remembers where a read started until it ends. A full-load remembers with its own place that it is a whole one. */
function withWalkStart({ from, whole }: ReadPlan, watermark: Watermark): Watermark {
  return whole ? watermark : { ...watermark, walkFrom: watermark.walkFrom ?? from?.timestamp ?? '' };
}

/** A batch as rows, and what it says of its place in the source. */
type TransformedBatch = {
  readonly page: TransformedPage;
  /** How many were sent that the source counted. */
  readonly records: number;
  readonly cursor: Page['cursor'];
  readonly count: number | undefined;
  readonly complete: boolean;
};

/** Batches as rows: made while the database stores the batch before. */
export async function* transformBatches(
  dataset: Dataset,
  pages: AsyncIterable<Page & { complete?: boolean }>,
): AsyncGenerator<TransformedBatch> {
  const transform = createSlicedTransformer(dataset);
  for await (const page of pages) {
    const { cursor, count, complete = false } = page;
    yield {
      page: await transform(page),
      records: page.newCount ?? page.records.length,
      cursor,
      count,
      complete,
    };
  }
}

/** Commits a batch; in a dry run, only counts what that would do. */
export async function storeBatch(active: ActiveRun, change: PageCommit): Promise<void> {
  const { dataset, page, protectedUpTo } = change;
  if (active.options.dryRun) await simulateCommit(active, dataset, page, protectedUpTo);
  else await commit(active, change);
}
