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
  /** `data` unless told. */
  readonly kind?: CallKind;
  /** Keys that it names; undefined if it names none. */
  readonly keys?: number;
  /** Whether an empty page that contradicts the count is left to the caller to doubt. */
  readonly isVerifiedByCaller?: boolean;
  /** Begin after this key. */
  readonly after?: string | undefined;
};

/** What matches, in the order of the key: it does not move while we page, whatever changes. */
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
      throw noProgressError(dataset, 'a page in the order of the key leads nowhere');
    lastKey = pageEndKey;
    trail.reset();
    url = buildKeyUrl(feed, dataset, query, lastKey, false);
  }
}

/** A key that is refused by itself must not use up the failures after which the API counts as down (breaker.ts). */
const MAX_SINGLE_KEY_RETRIES = 2;

function chooseRetries(keys: number): Pick<PagePurpose, 'isDivisible' | 'retries'> {
  return keys > 1 ? { isDivisible: true } : { retries: MAX_SINGLE_KEY_RETRIES };
}

/** @param after the key to begin behind. */
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
