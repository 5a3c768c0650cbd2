import type { Dataset } from '../../../dataset/dataset.ts';
import type { Page } from '../../../model/page.ts';
import type { CallKind } from '../../../model/usage.ts';
import { membersOf } from '../../../dataset/members.ts';
import type { PagePurpose } from './client.ts';
import type { Feed } from './feed.ts';
import { joinFilters, quoteText, type QueryOptions, buildQueryUrl } from './query.ts';
import { EndDetector, LinkTrail } from './paging.ts';
import { isUsableKey, findLast, toPage, intactRecords, noProgressError } from './records.ts';

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

/** Reads all matching records in the order of the key. A change to a record does not move its key, so none is missed. */
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
    const body = await feed.client.get(url, signal, purpose);
    const pageEndKey = findLast(intactRecords(body), ({ [dataset.key]: key }) =>
      isUsableKey(key) ? key : undefined,
    );
    const verdict = end.assess(body);
    if (verdict === 'again' && query.isVerifiedByCaller !== true) {
      url = buildKeyUrl(feed, dataset, query, lastKey, true);
      continue;
    }
    yield toPage(body, undefined);
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
