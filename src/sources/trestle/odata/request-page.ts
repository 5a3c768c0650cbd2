import type { Dataset } from '../../../dataset/dataset.ts';
import { membersOf } from '../../../dataset/members.ts';
import type { Expansion, ExpansionRequest, ReadPage } from '../../source.ts';
import type { PageBody } from './body.ts';
import type { Feed } from './feed.ts';
import type { QueryOptions } from './query.ts';
import { expandedMembersOf, separatePage } from './separate.ts';

/** A page, and how it was requested. */
export type RequestedPage = {
  readonly body: PageBody;
  /** The number of records that it was requested with. */
  readonly top: number;
  readonly url: string;
  readonly children?: ReadPage['children'];
};

type BuildUrl = (page: Pick<QueryOptions, 'top' | 'expand'>) => string;

export type PageRequestOptions = {
  readonly buildUrl: BuildUrl;
  readonly expansion: Expansion | undefined;
  /** Whether the next page can only be found by this page's link, which would bring child records too. */
  readonly needsLink: (body: PageBody) => boolean;
};

/**
 * Requests a page, with child records if `expansion` decides so. If they cannot be sent with it, or not be separated from its
 * records, the page is requested again without them.
 */
export async function requestPage(
  feed: Feed,
  dataset: Dataset,
  request: PageRequestOptions,
  signal: AbortSignal,
): Promise<RequestedPage> {
  const { buildUrl, expansion } = request;
  for (;;) {
    const wanted = expansion?.next();
    if (expansion === undefined || wanted === undefined) break;
    const page = await tryExpanded(feed, dataset, wanted, { ...request, expansion }, signal);
    if (page === 'failed') continue;
    if (page === 'inseparable') break;
    return page;
  }
  const purpose = { resource: dataset.name, names: membersOf(dataset) };
  const top = feed.pageSize;
  const url = buildUrl({ top });
  return { body: await feed.client.get(url, signal, purpose), top, url };
}

async function tryExpanded(
  feed: Feed,
  dataset: Dataset,
  { datasets, retries, ...wanted }: ExpansionRequest,
  { buildUrl, expansion, needsLink }: PageRequestOptions & { readonly expansion: Expansion },
  signal: AbortSignal,
): Promise<RequestedPage | 'failed' | 'inseparable'> {
  const top = Math.min(wanted.top, feed.pageSize);
  const names = expandedMembersOf(dataset, datasets);
  const purpose = { resource: dataset.name, names, ...(retries === undefined ? {} : { retries }) };
  const elapsed = (): number => feed.clock.now() - feed.client.waited();
  const start = elapsed();
  const url = buildUrl({ top, expand: datasets });
  let body: PageBody;
  try {
    body = await feed.client.get(url, signal, purpose);
  } catch (error) {
    signal.throwIfAborted();
    if (!expansion.failed(error)) throw error;
    return 'failed';
  }
  const separated = needsLink(body) ? undefined : separatePage(dataset, datasets, body);
  if (separated === undefined) return 'inseparable';
  const { records, children } = separated;
  expansion.answered({ records: records.length, bytes: body.body.length, ms: elapsed() - start });
  return { body: { ...body, records: [...records] }, top, url, children };
}
