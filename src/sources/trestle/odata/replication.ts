import { BusyError, ConfigError, UnavailableError } from '../../../errors.ts';
import type { Dataset } from '../../../dataset/dataset.ts';
import type { Page } from '../../../model/page.ts';
import { membersOf } from '../../../dataset/members.ts';
import type { PageBody } from './body.ts';
import { checkNextLink } from './links.ts';
import type { Feed } from './feed.ts';
import { buildQueryUrl } from './query.ts';
import { selectOf } from '../../../dataset/reading.ts';

/** A server that sends nothing and still a link is not asked for ever. */
const MAX_EMPTY_PAGES = 5;

/**
 * Every record through `replication=true`: the same link is asked again and again and the server moves its own cursor.
 * No order is promised, so no page carries a cursor. A page whose answer was lost can't be asked for again, and the link
 * dies after five minutes: the first request that fails ends it with `complete: false`.
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
  // The same link again and again is how replication works; the first request again would begin anew.
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
    // The first request of the same shape was answered: what is refused now is the link.
    const isLinkDead = [UnavailableError, BusyError, ConfigError].some((kind) => error instanceof kind);
    if (isLinkDead) return undefined;
    throw error;
  }
}
