import { UnavailableError } from '../../../errors.ts';
import { parseInstant } from '../../../lib/time.ts';
import type { Dataset } from '../../../dataset/dataset.ts';
import type { Cursor } from '../../../model/cursor.ts';
import type { Page, Sent } from '../../../model/page.ts';
import { membersOf } from '../../../dataset/members.ts';
import type { ReadOptions } from '../../source.ts';
import type { PageBody } from './body.ts';
import type { Feed } from './feed.ts';
import { isMomentCursor, momentOf, readMomentPages } from './moment.ts';
import { EndDetector, LinkTrail } from './progress.ts';
import { joinFilters, buildKeysetFilter, buildKeysetOrder, buildQueryUrl } from './query.ts';
import { type FeedPosition, readPositions } from './place.ts';
import { isUsableKey, findLast, toPage, intactRecords, noProgressError } from './raw.ts';
import { cursorField, parentLink, selectOf } from '../../../dataset/reading.ts';
import { DistinctCount } from './distinct.ts';

/**
 * Every record from the cursor on, by keyset: each page asks for what comes after the last record of the one before, so
 * that rows which move while we page are seen again and none is skipped. Needs no `$skip`, which drifts.
 * @throws FatalError where the server does not move on.
 */
export async function* readKeysetPages(
  feed: Feed,
  resource: Dataset,
  from: ReadOptions,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const trail = new LinkTrail(feed.base);
  const distinct = new DistinctCount(feed.client.now);
  let end = new EndDetector(feed.pageSize, from.count === true && from.cursor === undefined);
  const { filter } = from;
  let cursor = from.cursor;
  if (cursor !== undefined && isMomentCursor(cursor)) {
    yield* countDistinct(resource, readMomentPages(feed, resource, cursor, from, signal), distinct);
    cursor = { timestamp: momentOf(cursor.timestamp).to };
  }
  let url = buildKeysetUrl(feed, resource, cursor, from);
  for (;;) {
    const body = await feed.client.get(url, signal, { resource: resource.name, names: membersOf(resource) });
    const records = intactRecords(body);
    const next = findLastCursor(resource, records);
    const positions = readPositions(resource, body.records);
    checkOrder(
      resource,
      cursor,
      positions.filter((_, index) => !body.damaged.has(index)),
    );
    if (cursor === from.cursor) checkNotEmpty(resource, body);
    const verdict = end.assess(body);
    if (verdict === 'again') {
      url = buildKeysetUrl(feed, resource, cursor, { filter, count: true });
      continue;
    }
    yield { ...toPage(body, next), distinct: distinct.add(positions) };
    if (verdict === 'end') return;
    if (next === undefined) {
      // Nothing on this page to continue from: an empty page with a link, or records without a timestamp only.
      if (body.nextLink === undefined && body.records.length < feed.pageSize) return;
      if (body.nextLink === undefined)
        throw noProgressError(resource, 'a full page holds no record with a usable cursor');
      url = trail.follow(resource, url, body, body.nextLink);
      continue;
    }
    if (next.timestamp === cursor?.timestamp && next.key === cursor.key) {
      if (!isOneMoment(resource, records))
        throw noProgressError(resource, `the server sent the page after ${next.timestamp} twice`);
      const moment = readMomentPages(feed, resource, { timestamp: next.timestamp }, from, signal);
      yield* countDistinct(resource, moment, distinct);
      cursor = { timestamp: momentOf(next.timestamp).to };
      end = new EndDetector(feed.pageSize);
      url = buildKeysetUrl(feed, resource, cursor, from);
      continue;
    }
    cursor = next;
    trail.reset();
    url = buildKeysetUrl(feed, resource, cursor, { filter });
  }
}

async function* countDistinct(
  resource: Dataset,
  pages: AsyncIterable<Page>,
  distinct: DistinctCount,
): AsyncGenerator<Page> {
  for await (const page of pages)
    yield { ...page, distinct: distinct.add(readPositions(resource, page.records)) };
}

/** The answer contradicts itself. What belongs to a listing is left to the caller: it asks for each such set again. */
function checkNotEmpty(resource: Dataset, { records, nextLink, count = 0 }: PageBody): void {
  if (parentLink(resource) !== undefined || records.length > 0 || nextLink !== undefined || count === 0)
    return;
  throw new UnavailableError(`${resource.name}: the API counts ${count} records and sends none of them`, {
    op: 'page',
    hint: 'the API answers incompletely: try later',
  });
}

/** A server that ignores `$filter` or `$orderby` would make us skip records: its order gives it away. */
function checkOrder(resource: Dataset, before: Cursor | undefined, places: readonly FeedPosition[]): void {
  let last = parseInstant(before?.timestamp ?? '') ?? -Infinity;
  for (const { instant = last } of places) {
    if (instant < last)
      throw noProgressError(
        resource,
        `the server did not send a page in the order of ${cursorField(resource)}`,
      );
    last = instant;
  }
}

function isOneMoment(resource: Dataset, records: readonly Sent[]): boolean {
  const first = findLastCursor(resource, records.toReversed());
  return first !== undefined && first.timestamp === findLastCursor(resource, records)?.timestamp;
}

function buildKeysetUrl(
  feed: Feed,
  resource: Dataset,
  cursor: Cursor | undefined,
  { filter, count = false }: { readonly filter?: string | undefined; readonly count?: boolean },
): string {
  return buildQueryUrl(feed.base, resource.name, {
    filter: joinFilters(buildKeysetFilter(resource, cursor), filter, feed.filters[resource.name]),
    orderBy: buildKeysetOrder(resource),
    select: selectOf(resource),
    top: feed.pageSize,
    count,
    prettyEnums: feed.prettyEnums,
  });
}

/** The cursor behind the page: of its last record that has one. ReadOptions the raw record: it must pass what can't be a row. */
function findLastCursor(resource: Dataset, records: readonly Sent[]): Cursor | undefined {
  return findLast(records, (record) => cursorOf(resource, record));
}

function cursorOf(resource: Dataset, record: Record<string, unknown>): Cursor | undefined {
  const { [cursorField(resource)]: timestamp, [resource.key]: key } = record;
  return typeof timestamp === 'string' && parseInstant(timestamp) !== undefined && isUsableKey(key)
    ? { timestamp, key }
    : undefined;
}
