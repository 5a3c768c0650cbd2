import type { CallKind, Page, Resource } from '../../model.ts';
import { membersOf } from '../../model/members.ts';
import type { Feed } from './pages.ts';
import { allOf, literal, type Options, queryUrl } from './query.ts';
import { isUsableKey, lastOf, pageOf, sound, stuck } from './raw.ts';

export type KeyQuery = Pick<Options, 'filter' | 'select' | 'count'> & {
  /** Records a page. */
  readonly top: number;
  /** `data` unless told. */
  readonly kind?: CallKind;
  /** Begin after this key. */
  readonly after?: string | undefined;
};

/** What matches, in the order of the key: it does not move while we page, whatever changes. */
export async function* keyPages(
  feed: Feed,
  resource: Resource,
  query: KeyQuery,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const { kind = 'data' } = query;
  const names = membersOf(resource);
  let reached = query.after;
  let count = query.count;
  for (;;) {
    const after = reached === undefined ? undefined : `${resource.key} gt ${literal(reached)}`;
    const url = queryUrl(feed.base, resource.name, {
      filter: allOf(query.filter, feed.filters[resource.name], after),
      orderBy: `${resource.key} asc`,
      select: query.select,
      top: query.top,
      count,
      prettyEnums: kind === 'data' && feed.prettyEnums,
    });
    const purpose = { kind, resource: resource.name, ...(kind === 'data' ? { names } : {}) };
    const body = await feed.client.get(url, signal, purpose);
    const next = lastOf(sound(body), ({ [resource.key]: key }) => (isUsableKey(key) ? key : undefined));
    const isLast = body.records.length < query.top && body.nextLink === undefined;
    yield pageOf(body, undefined);
    if (isLast) return;
    if (next === undefined || next === reached)
      throw stuck(resource, 'a page in the order of the key leads nowhere');
    reached = next;
    count = undefined;
  }
}
