import { UnavailableError } from '../../../errors.ts';
import { parseInstant } from '../../../lib/time.ts';
import type { Dataset } from '../../../dataset/dataset.ts';
import type { Cursor } from '../../../model/cursor.ts';
import type { Page, RawRecord } from '../../../model/page.ts';
import type { ReadOptions, ReadPage } from '../../source.ts';
import type { PageBody } from './body.ts';
import type { Feed } from './feed.ts';
import { isMomentCursor, momentOf, readMomentPages } from './moment.ts';
import { EndDetector, LinkTrail } from './paging.ts';
import {
  joinFilters,
  buildKeysetFilter,
  buildKeysetOrder,
  buildQueryUrl,
  type QueryOptions,
} from './query.ts';
import { type FeedPosition, readPositions } from './position.ts';
import { type PageRequestOptions, requestPage } from './request-page.ts';
import { isUsableKey, findLast, toPage, intactRecords, noProgressError } from './records.ts';
import { cursorField, parentLink, selectOf } from '../../../dataset/reading.ts';
import { DistinctCount } from './distinct-count.ts';

/**
 * Reads every record after the cursor, by keyset: each page starts after the last record of the page before. A record
 * that moves during the read is seen again, and none is skipped. This needs no `$skip`, which drifts.
 * @throws FatalError if the server makes no progress.
 */
export async function* readKeysetPages(
  feed: Feed,
  dataset: Dataset,
  from: ReadOptions,
  signal: AbortSignal,
): AsyncGenerator<ReadPage> {
  const trail = new LinkTrail(feed.base);
  const distinct = new DistinctCount(feed.client.now);
  let end = new EndDetector(feed.pageSize, from.count === true && from.cursor === undefined);
  const { filter } = from;
  let cursor = from.cursor;
  if (cursor !== undefined && isMomentCursor(cursor)) {
    yield* countDistinct(dataset, readMomentPages(feed, dataset, cursor, from, signal), distinct);
    cursor = { timestamp: momentOf(cursor.timestamp).to };
  }
  let query: KeysetQuery = { ...from, cursor };
  for (;;) {
    const request = createPageRequest(feed, dataset, query, from);
    const { body, top, url, children } = await requestPage(feed, dataset, request, signal);
    const records = intactRecords(body);
    const next = lastCursorOf(dataset, body);
    const positions = readPositions(dataset, body.records);
    checkOrder(
      dataset,
      cursor,
      positions.filter((_, index) => !body.damaged.has(index)),
    );
    if (cursor === from.cursor) checkNotEmpty(dataset, body);
    const verdict = end.assess(body, top);
    if (verdict === 'again') {
      query = { ...from, cursor, count: true };
      continue;
    }
    const isStuck = next !== undefined && next.timestamp === cursor?.timestamp && next.key === cursor.key;
    const isTie = isStuck && haveSameTimestamp(dataset, records);
    yield { ...toPage(body, next), newCount: distinct.add(positions), ...(children && { children }) };
    if (verdict === 'end') return;
    if (next === undefined) {
      // The page has no cursor to continue from: it is empty and has a link, or none of its records has a timestamp.
      if (body.nextLink === undefined && body.records.length < top) return;
      if (body.nextLink === undefined)
        throw noProgressError(dataset, 'a full page holds no record with a usable cursor');
      query = { cursor, link: trail.follow(dataset, url, body, body.nextLink) };
      continue;
    }
    if (isStuck) {
      if (!isTie) throw noProgressError(dataset, `the server sent the page after ${next.timestamp} twice`);
      const moment = readMomentPages(feed, dataset, { timestamp: next.timestamp }, from, signal);
      yield* countDistinct(dataset, moment, distinct);
      cursor = { timestamp: momentOf(next.timestamp).to };
      end = new EndDetector(feed.pageSize);
      query = { ...from, cursor };
      continue;
    }
    cursor = next;
    trail.reset();
    query = { filter, cursor };
  }
}

async function* countDistinct(
  dataset: Dataset,
  pages: AsyncIterable<Page>,
  distinct: DistinctCount,
): AsyncGenerator<Page> {
  for await (const page of pages)
    yield { ...page, newCount: distinct.add(readPositions(dataset, page.records)) };
}

/** Throws if an empty answer contradicts its count. Not for children: the caller requests each such set again. */
function checkNotEmpty(dataset: Dataset, { records, nextLink, count = 0 }: PageBody): void {
  if (parentLink(dataset) !== undefined || records.length > 0 || nextLink !== undefined || count === 0)
    return;
  throw new UnavailableError(`${dataset.name}: the API counts ${count} records and sends none of them`, {
    op: 'page',
    hint: 'the API answers incompletely: try again later',
  });
}

/** Throws if records are out of order: a server that ignores `$filter` or `$orderby` would make us skip records. */
function checkOrder(dataset: Dataset, before: Cursor | undefined, places: readonly FeedPosition[]): void {
  let last = parseInstant(before?.timestamp ?? '') ?? -Infinity;
  for (const { instant = last } of places) {
    if (instant < last)
      throw noProgressError(
        dataset,
        `the server did not send a page in the order of ${cursorField(dataset)}`,
      );
    last = instant;
  }
}

function haveSameTimestamp(dataset: Dataset, records: readonly RawRecord[]): boolean {
  const first = findLastCursor(dataset, records.toReversed());
  return first !== undefined && first.timestamp === findLastCursor(dataset, records)?.timestamp;
}

type KeysetQuery = {
  readonly cursor: Cursor | undefined;
  readonly filter?: string | undefined;
  readonly count?: boolean;
  /** Follow this link instead. */
  readonly link?: string;
};

function createPageRequest(
  feed: Feed,
  dataset: Dataset,
  query: KeysetQuery,
  { expansion }: ReadOptions,
): PageRequestOptions {
  return {
    buildUrl: (page) => query.link ?? buildKeysetUrl(feed, dataset, query, page),
    expansion: query.link === undefined ? expansion : undefined,
    needsLink: (body) => body.nextLink !== undefined && lastCursorOf(dataset, body) === undefined,
  };
}

function buildKeysetUrl(
  feed: Feed,
  dataset: Dataset,
  { cursor, filter, count = false }: KeysetQuery,
  page: Pick<QueryOptions, 'top' | 'expand'>,
): string {
  return buildQueryUrl(feed.base, dataset.name, {
    ...page,
    filter: joinFilters(buildKeysetFilter(dataset, cursor), filter, feed.filters[dataset.name]),
    orderBy: buildKeysetOrder(dataset),
    select: selectOf(dataset),
    count,
    prettyEnums: feed.prettyEnums,
  });
}

/** The cursor after the last record whose bytes are not damaged. */
function lastCursorOf(dataset: Dataset, body: PageBody): Cursor | undefined {
  return findLastCursor(dataset, intactRecords(body));
}

/** Finds the last cursor. Reads raw records, because the cursor must also pass records that cannot be rows. */
function findLastCursor(dataset: Dataset, records: readonly RawRecord[]): Cursor | undefined {
  return findLast(records, (record) => cursorOf(dataset, record));
}

function cursorOf(dataset: Dataset, record: Record<string, unknown>): Cursor | undefined {
  const { [cursorField(dataset)]: timestamp, [dataset.key]: key } = record;
  return typeof timestamp === 'string' && parseInstant(timestamp) !== undefined && isUsableKey(key)
    ? { timestamp, key }
    : undefined;
}
