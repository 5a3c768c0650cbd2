import { BusyError, ConfigError, UnavailableError } from '../../../errors.ts';
import type { Dataset } from '../../../dataset/dataset.ts';
import type { Page } from '../../../model/page.ts';
import { membersOf } from '../../../dataset/members.ts';
import type { PageBody } from './body.ts';
import { checkNextLink } from './links.ts';
import type { Feed } from './feed.ts';
import { buildQueryUrl } from './query.ts';
import { selectOf } from '../../../dataset/reading.ts';

/** Limit for a server that keeps sending empty pages with a link. */
const MAX_EMPTY_PAGES = 5;

/**
 * Reads every record with `replication=true`: each request uses the same link, and the server moves its own cursor. The
 * order is undefined, so no page carries a cursor. A page whose answer was lost cannot be requested again, and the link
 * expires after five minutes: the first failed request ends the read with `complete: false`.
 */
export async function* readReplicationPages(
  feed: Feed,
  dataset: Dataset,
  signal: AbortSignal,
): AsyncGenerator<Page & { complete: boolean }> {
  const url = buildQueryUrl(feed.base, dataset.name, {
    replication: true,
    filter: feed.filters[dataset.name],
    select: selectOf(dataset),
    top: feed.pageSize,
    prettyEnums: feed.prettyEnums,
  });
  let body: PageBody | undefined = await feed.client.get(url, signal, {
    resource: dataset.name,
    names: membersOf(dataset),
  });
  // Replication repeats the same link, but repeating the first request would start a new read.
  const visited = new Set([url]);
  let emptyInRow = 0;
  for (;;) {
    const { records, damaged, nextLink }: PageBody = body;
    yield { records, damaged, cursor: undefined, complete: nextLink === undefined };
    if (nextLink === undefined) return;
    emptyInRow = records.length === 0 ? emptyInRow + 1 : 0;
    body =
      emptyInRow < MAX_EMPTY_PAGES
        ? await followLink(feed, dataset, checkNextLink(nextLink, feed.base, visited), signal)
        : undefined;
    if (body === undefined) {
      yield { records: [], damaged: new Set(), cursor: undefined, complete: false };
      return;
    }
  }
}

async function followLink(
  feed: Feed,
  dataset: Dataset,
  link: string,
  signal: AbortSignal,
): Promise<PageBody | undefined> {
  try {
    return await feed.client.get(link, signal, {
      resource: dataset.name,
      names: membersOf(dataset),
      retries: 0,
    });
  } catch (error) {
    signal.throwIfAborted();
    // The first request with the same query was answered, so a refusal now means that the link is dead.
    const isLinkDead = [UnavailableError, BusyError, ConfigError].some((kind) => error instanceof kind);
    if (isLinkDead) return undefined;
    throw error;
  }
}
