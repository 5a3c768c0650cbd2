import type { Dataset } from '../../../dataset/dataset.ts';
import type { Page } from '../../../model/page.ts';
import type { CallKind } from '../../../model/usage.ts';
import { membersOf } from '../../../dataset/members.ts';
import type { Purpose } from './client.ts';
import type { Feed } from './feed.ts';
import { allOf, literal, type Options, queryUrl } from './query.ts';
import { EndOfPages, LinkTrail } from './progress.ts';
import { isUsableKey, lastOf, pageOf, sound, stuck } from './raw.ts';

export type KeyQuery = Pick<Options, 'filter' | 'select'> & {
  /** Records a page. */
  readonly top: number;
  /** `data` unless told. */
  readonly kind?: CallKind;
  /** Keys that it names; undefined if it names none. */
  readonly keys?: number;
  /** Whether an empty page that contradicts the count is left to the caller to doubt. */
  readonly isDoubtedLater?: boolean;
  /** Begin after this key. */
  readonly after?: string | undefined;
};

/** What matches, in the order of the key: it does not move while we page, whatever changes. */
export async function* keyPages(
  feed: Feed,
  resource: Dataset,
  query: KeyQuery,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const { kind = 'data' } = query;
  const names = membersOf(resource);
  const trail = new LinkTrail(feed.base);
  const end = new EndOfPages(query.top);
  const purpose = {
    kind,
    resource: resource.name,
    ...(kind === 'data' ? { names } : {}),
    ...(query.keys === undefined ? {} : rulesFor(query.keys)),
  };
  let reached = query.after;
  let url = keyUrl(feed, resource, query, reached, true);
  for (;;) {
    const body = await feed.client.get(url, signal, purpose);
    const next = lastOf(sound(body), ({ [resource.key]: key }) => (isUsableKey(key) ? key : undefined));
    const verdict = end.judge(body);
    if (verdict === 'again' && query.isDoubtedLater !== true) {
      url = keyUrl(feed, resource, query, reached, true);
      continue;
    }
    yield pageOf(body, undefined);
    if (verdict !== 'more') return;
    if (body.records.length === 0 && body.nextLink !== undefined) {
      url = trail.follow(resource, url, body, body.nextLink);
      continue;
    }
    const isFull = body.records.length >= query.top || body.nextLink !== undefined;
    if (next === undefined && !isFull) return;
    if (next === undefined || next === reached)
      throw stuck(resource, 'a page in the order of the key leads nowhere');
    reached = next;
    trail.reset();
    url = keyUrl(feed, resource, query, reached, false);
  }
}

/** A key that is refused by itself must not use up the failures after which the API counts as down (breaker.ts). */
const MAX_RETRIES_OF_KEY = 2;

function rulesFor(keys: number): Pick<Purpose, 'isDivisible' | 'retries'> {
  return keys > 1 ? { isDivisible: true } : { retries: MAX_RETRIES_OF_KEY };
}

/** @param after the key to begin behind. */
function keyUrl(
  feed: Feed,
  resource: Dataset,
  { kind, filter, select, top }: KeyQuery,
  after: string | undefined,
  count: boolean,
): string {
  const behind = after === undefined ? undefined : `${resource.key} gt ${literal(after)}`;
  return queryUrl(feed.base, resource.name, {
    filter: allOf(filter, feed.filters[resource.name], behind),
    orderBy: `${resource.key} asc`,
    select,
    top,
    count,
    prettyEnums: kind !== 'census' && feed.prettyEnums,
  });
}
