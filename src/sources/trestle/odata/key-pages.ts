import type { Dataset } from '../../../dataset/dataset.ts';
import type { Page } from '../../../model/page.ts';
import type { CallKind } from '../../../model/usage.ts';
import { membersOf } from '../../../dataset/members.ts';
import type { PagePurpose } from './client.ts';
import type { Feed } from './feed.ts';
import { joinFilters, quoteText, type QueryOptions, buildQueryUrl } from './query.ts';
import { EndDetector, LinkTrail } from './paging.ts';
import { isUsableKey, findLast, toPage, noProgressError } from './records.ts';
import type { PageBody } from './body.ts';
import type { RecordList } from './split.ts';

export type KeyQuery = Pick<QueryOptions, 'filter' | 'select'> & {
  /** Records a page. */
  readonly top: number;
  /** `data` unless set. */
  readonly kind?: CallKind;
  /** Number of keys in the filter; undefined if the filter lists no keys. */
  readonly keys?: number;
  /** Whether the caller itself checks an empty page that contradicts the count. */
  readonly isVerifiedByCaller?: boolean;
  /** Start after this key. */
  readonly after?: string | undefined;
};

/** Records of a large answer that are passed on together: their strings take more memory than the answer. */
const MAX_PART_RECORDS = 10_000;

/**
 * Reads all matching records in the order of the key. A change to a record does not move its key, so none is missed. Yields
 * large answers in parts; the first one has the count.
 */
export async function* readKeyPages(
  feed: Feed,
  dataset: Dataset,
  query: KeyQuery,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const { kind = 'data' } = query;
  const names = membersOf(dataset);
  const trail = new LinkTrail(feed.base);
  const end = new EndDetector(query.top);
  const purpose = {
    kind,
    resource: dataset.name,
    ...(kind === 'data' ? { names } : {}),
    ...(query.keys === undefined ? {} : chooseRetries(query.keys)),
  };
  let lastKey = query.after;
  let url = buildKeyUrl(feed, dataset, query, lastKey, true);
  for (;;) {
    const { body, pages } = await requestPages(feed, url, signal, purpose);
    const readKey = ({ [dataset.key]: key }: Record<string, unknown>): string | undefined =>
      isUsableKey(key) ? key : undefined;
    const pageEndKey = findLast(body.records, readKey, body.damaged);
    const verdict = end.assess(body);
    if (verdict === 'again' && query.isVerifiedByCaller !== true) {
      url = buildKeyUrl(feed, dataset, query, lastKey, true);
      continue;
    }
    yield* pages;
    if (verdict !== 'more') return;
    if (body.records.length === 0 && body.nextLink !== undefined) {
      url = trail.follow(dataset, url, body, body.nextLink);
      continue;
    }
    const isFull = body.records.length >= query.top || body.nextLink !== undefined;
    if (pageEndKey === undefined && !isFull) return;
    if (pageEndKey === undefined || pageEndKey === lastKey)
      throw noProgressError(dataset, 'a page in the order of the key has no key to continue from');
    lastKey = pageEndKey;
    trail.reset();
    url = buildKeyUrl(feed, dataset, query, lastKey, false);
  }
}

/** Requests an answer. A large one becomes several pages, and its memory is freed when the last one was taken. */
async function requestPages(
  { client }: Feed,
  url: string,
  signal: AbortSignal,
  purpose: PagePurpose,
): Promise<{ readonly body: PageBody<RecordList>; readonly pages: Iterable<Page> }> {
  if (purpose.kind === 'data') {
    const body = await client.get(url, signal, purpose);
    return { body, pages: [toPage(body, undefined)] };
  }
  const body = await client.getKeys(url, signal, purpose);
  return { body, pages: splitIntoParts(body) };
}

/** The first part has the count. */
function* splitIntoParts({ records, damaged, count, release }: PageBody<RecordList>): Generator<Page> {
  let from = 0;
  do {
    const part = records.slice(from, from + MAX_PART_RECORDS);
    const first = from;
    yield {
      records: part,
      damaged: new Set(
        [...damaged].map((index) => index - first).filter((index) => index >= 0 && index < part.length),
      ),
      cursor: undefined,
      ...(count === undefined || first > 0 ? {} : { count }),
    };
    from += MAX_PART_RECORDS;
  } while (from < records.length);
  release();
}

/** Retries of a query for one key must stay below the number of failures that opens the circuit (breaker.ts). */
const MAX_SINGLE_KEY_RETRIES = 2;

function chooseRetries(keys: number): Pick<PagePurpose, 'isDivisible' | 'retries'> {
  return keys > 1 ? { isDivisible: true } : { retries: MAX_SINGLE_KEY_RETRIES };
}

/** @param after start after this key. */
function buildKeyUrl(
  feed: Feed,
  dataset: Dataset,
  { kind, filter, select, top }: KeyQuery,
  after: string | undefined,
  count: boolean,
): string {
  const afterFilter = after === undefined ? undefined : `${dataset.key} gt ${quoteText(after)}`;
  return buildQueryUrl(feed.base, dataset.name, {
    filter: joinFilters(filter, feed.filters[dataset.name], afterFilter),
    orderBy: `${dataset.key} asc`,
    select,
    top,
    count,
    prettyEnums: kind !== 'census' && feed.prettyEnums,
  });
}
