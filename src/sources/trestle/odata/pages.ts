import { UnavailableError } from '../../../errors.ts';
import { parseInstant } from '../../../lib/time.ts';
import type { Dataset } from '../../../dataset/dataset.ts';
import type { Cursor } from '../../../model/cursor.ts';
import type { Page, Sent } from '../../../model/page.ts';
import { membersOf } from '../../../dataset/members.ts';
import type { ReadOptions } from '../../source.ts';
import type { Body } from './body.ts';
import type { Feed } from './feed.ts';
import { isWithin, momentOf, momentPages } from './moment.ts';
import { EndOfPages, LinkTrail } from './progress.ts';
import { allOf, keysetFilter, keysetOrder, queryUrl } from './query.ts';
import { type Place, placesOf } from './place.ts';
import { isUsableKey, lastOf, pageOf, sound, stuck } from './raw.ts';
import { cursorField, parentLink, selectOf } from '../../../dataset/reading.ts';
import { DistinctCount } from './distinct.ts';

/**
 * Every record from the cursor on, by keyset: each page asks for what comes after the last record of the one before, so
 * that rows which move while we page are seen again and none is skipped. Needs no `$skip`, which drifts.
 * @throws FatalError where the server does not move on.
 */
export async function* keysetPages(
  feed: Feed,
  resource: Dataset,
  from: ReadOptions,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const trail = new LinkTrail(feed.base);
  const distinct = new DistinctCount(feed.client.now);
  let end = new EndOfPages(feed.pageSize, from.count === true && from.cursor === undefined);
  const { filter } = from;
  let cursor = from.cursor;
  if (cursor !== undefined && isWithin(cursor)) {
    yield* counted(resource, momentPages(feed, resource, cursor, from, signal), distinct);
    cursor = { timestamp: momentOf(cursor.timestamp).to };
  }
  let url = keysetUrl(feed, resource, cursor, from);
  for (;;) {
    const body = await feed.client.get(url, signal, { resource: resource.name, names: membersOf(resource) });
    const records = sound(body);
    const next = lastCursor(resource, records);
    const places = placesOf(resource, body.records);
    refuseDisorder(
      resource,
      cursor,
      places.filter((_, index) => !body.damaged.has(index)),
    );
    if (cursor === from.cursor) refuseEmptiness(resource, body);
    const verdict = end.judge(body);
    if (verdict === 'again') {
      url = keysetUrl(feed, resource, cursor, { filter, count: true });
      continue;
    }
    yield { ...pageOf(body, next), distinct: distinct.add(places) };
    if (verdict === 'end') return;
    if (next === undefined) {
      // Nothing on this page to continue from: an empty page with a link, or records without a timestamp only.
      if (body.nextLink === undefined && body.records.length < feed.pageSize) return;
      if (body.nextLink === undefined)
        throw stuck(resource, 'a full page holds no record with a usable cursor');
      url = trail.follow(resource, url, body, body.nextLink);
      continue;
    }
    if (next.timestamp === cursor?.timestamp && next.key === cursor.key) {
      if (!isOneMoment(resource, records))
        throw stuck(resource, `the server sent the page after ${next.timestamp} twice`);
      const moment = momentPages(feed, resource, { timestamp: next.timestamp }, from, signal);
      yield* counted(resource, moment, distinct);
      cursor = { timestamp: momentOf(next.timestamp).to };
      end = new EndOfPages(feed.pageSize);
      url = keysetUrl(feed, resource, cursor, from);
      continue;
    }
    cursor = next;
    trail.reset();
    url = keysetUrl(feed, resource, cursor, { filter });
  }
}

async function* counted(
  resource: Dataset,
  pages: AsyncIterable<Page>,
  distinct: DistinctCount,
): AsyncGenerator<Page> {
  for await (const page of pages) yield { ...page, distinct: distinct.add(placesOf(resource, page.records)) };
}

/** The answer contradicts itself. What belongs to a listing is left to the caller: it asks for each such set again. */
function refuseEmptiness(resource: Dataset, { records, nextLink, count = 0 }: Body): void {
  if (parentLink(resource) !== undefined || records.length > 0 || nextLink !== undefined || count === 0)
    return;
  throw new UnavailableError(`${resource.name}: the API counts ${count} records and sends none of them`, {
    op: 'page',
    hint: 'the API answers incompletely: try later',
  });
}

/** A server that ignores `$filter` or `$orderby` would make us skip records: its order gives it away. */
function refuseDisorder(resource: Dataset, before: Cursor | undefined, places: readonly Place[]): void {
  let last = parseInstant(before?.timestamp ?? '') ?? -Infinity;
  for (const { instant = last } of places) {
    if (instant < last)
      throw stuck(resource, `the server did not send a page in the order of ${cursorField(resource)}`);
    last = instant;
  }
}

function isOneMoment(resource: Dataset, records: readonly Sent[]): boolean {
  const first = lastCursor(resource, records.toReversed());
  return first !== undefined && first.timestamp === lastCursor(resource, records)?.timestamp;
}

function keysetUrl(
  feed: Feed,
  resource: Dataset,
  cursor: Cursor | undefined,
  { filter, count = false }: { readonly filter?: string | undefined; readonly count?: boolean },
): string {
  return queryUrl(feed.base, resource.name, {
    filter: allOf(keysetFilter(resource, cursor), filter, feed.filters[resource.name]),
    orderBy: keysetOrder(resource),
    select: selectOf(resource),
    top: feed.pageSize,
    count,
    prettyEnums: feed.prettyEnums,
  });
}

/** The cursor behind the page: of its last record that has one. ReadOptions the raw record: it must pass what can't be a row. */
function lastCursor(resource: Dataset, records: readonly Sent[]): Cursor | undefined {
  return lastOf(records, (record) => cursorOf(resource, record));
}

function cursorOf(resource: Dataset, record: Record<string, unknown>): Cursor | undefined {
  const { [cursorField(resource)]: timestamp, [resource.key]: key } = record;
  return typeof timestamp === 'string' && parseInstant(timestamp) !== undefined && isUsableKey(key)
    ? { timestamp, key }
    : undefined;
}
