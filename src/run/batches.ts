import { toSqlDateTime } from '../lib/time.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Page } from '../model/page.ts';
import { latestPastMs, type Watermark } from '../record/watermark.ts';
import type { ReadPage } from '../sources/source.ts';
import { createSlicedTransformer, type TransformedPage } from '../transform/page.ts';
import { type ActiveRun, reachedMaxPages, showProgress } from './active-run.ts';
import { prefetchPages } from './prefetch-pages.ts';
import { type PageCommit, commit, simulateCommit } from './commit.ts';
import { openExpansion, recordEnd } from './expansion/open-expansion.ts';
import { takeSets } from './expansion/take-sets.ts';
import { createPhotosStart } from './modes/photos-start.ts';
import type { ReadPlan } from './modes/read-plan.ts';
import { getWatermarkLimit } from './modes/feed-time.ts';

/** The result of reading a source, to its end or until `--max-pages`. */
export type ReadResult = {
  /** Whether the end of the source was reached. */
  readonly end: boolean;
  /** Records sent, each key counted once. */
  readonly sent: number;
  /** The source's own count at the start; undefined if it sent none. */
  readonly counted: number | undefined;
};

/**
 * The loop of every run: reads batches from the source, transforms them into rows, and commits rows and watermark
 * together. The next batch is fetched while one is stored.
 * @param filter limits the records, in the source's own language; undefined for all.
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
  // The count needs no extra request, and shows whether a short page is the last.
  const expansion = await openExpansion(active, dataset);
  let isWhole = plan.whole && plan.from === undefined && filter === undefined;
  const from = {
    cursor: plan.from,
    count: true,
    ...(filter === undefined ? {} : { filter }),
    ...(expansion === undefined ? {} : { expansion }),
  };
  for await (const { page, count, cursor, records, children, release } of prefetchPages(active.tools, (own) =>
    transformBatches(dataset, source.read(dataset, from, own)),
  )) {
    expected ??= count;
    sent += records;
    const protectedUpTo = plan.keepsNewer
      ? toSqlDateTime(latestPastMs(getWatermarkLimit(active.tools)))
      : undefined;
    const move = (watermark: Watermark): Watermark =>
      withReadStart(plan, started(plan.advance(watermark, cursor, getWatermarkLimit(active.tools))));
    const detail = expected === undefined ? {} : { remaining: Math.max(0, expected - sent) };
    await storeBatch(active, { dataset, page, move, pages: 1, protectedUpTo, detail });
    showProgress(active, dataset, expected);
    signal.throwIfAborted();
    isWhole = isWhole && children !== undefined && expansion?.isOn() === true;
    if (expansion !== undefined && children !== undefined) {
      const left = expected === undefined ? undefined : Math.max(0, expected - sent);
      await takeSets(active, expansion, { parent: dataset, page, children, left, isWhole });
    }
    if (expansion !== undefined) recordEnd(active, expansion);
    release?.();
    if (reachedMaxPages(active, dataset)) return { end: false, sent, counted: expected };
  }
  if (expansion !== undefined) recordEnd(active, expansion);
  if (isWhole) for (const { name } of expansion?.datasets ?? []) active.expandedWhole.add(name);
  return { end: true, sent, counted: expected };
}

/** Records where a read started, until it ends. A full-load does not need this: its own checkpoint shows that it is a whole read. */
function withReadStart({ from, whole }: ReadPlan, watermark: Watermark): Watermark {
  return whole ? watermark : { ...watermark, walkFrom: watermark.walkFrom ?? from?.timestamp ?? '' };
}

/** A batch as rows, with its position in the source. */
type TransformedBatch = {
  readonly page: TransformedPage;
  /** Records of the batch that the source's count includes. */
  readonly records: number;
  readonly cursor: Page['cursor'];
  readonly count: number | undefined;
  readonly complete: boolean;
  readonly release: Page['release'];
  readonly children: ReadPage['children'];
};

/** Transforms batches into rows while the database stores the previous batch. */
export async function* transformBatches(
  dataset: Dataset,
  pages: AsyncIterable<ReadPage & { complete?: boolean }>,
): AsyncGenerator<TransformedBatch> {
  const transform = createSlicedTransformer(dataset);
  for await (const page of pages) {
    const { cursor, count, complete = false, children, release } = page;
    yield {
      page: await transform(page),
      records: page.newCount ?? page.records.length,
      cursor,
      count,
      complete,
      release,
      children,
    };
  }
}

/** Commits a batch; a dry run only counts the changes that a commit would make. */
export async function storeBatch(active: ActiveRun, change: PageCommit): Promise<void> {
  const { dataset, page, protectedUpTo } = change;
  if (active.options.dryRun) await simulateCommit(active, dataset, page, protectedUpTo);
  else await commit(active, change);
}
