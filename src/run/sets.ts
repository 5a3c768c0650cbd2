import { patiently } from '../db/patience.ts';
import { prefetch } from '../lib/prefetch.ts';
import { columnFor } from '../load/statement.ts';
import { readSets, replaceSets } from '../load/set.ts';
import type { Resource, Row } from '../model.ts';
import { dueListings, type DueListing, markFetched, postpone, settleComplete } from '../record/media-due.ts';
import { type Transformed, transformer } from '../transform/page.ts';
import { type Active, databaseTools, isEnough, type RunTools, show } from './active.ts';
import { commit } from './commit.ts';
import { fenced, stay } from './fenced.ts';
import { pack } from './pack.ts';

/** Listings looked up at a time. */
const LOOK_AHEAD = 1000;

/** An empty answer under quota pressure is likely still empty a minute later; the hour's quota is new after an hour. */
const ASK_AGAIN_AFTER = 3_600_000;

export type Sets = {
  /** Whether all that were due have been asked for. */
  readonly end: boolean;
  /** Whether every answer was believed. */
  readonly isProven: boolean;
};

type Fetched = Transformed & { readonly listings: readonly DueListing[] };

/**
 * Fetches the media of every listing whose photos changed since they were last fetched, and replaces each listing's set
 * as a whole. A listing without any, although the feed counts some, is asked for once more; then its set stays as it is.
 */
export async function loadSets(active: Active, resource: Resource): Promise<Sets> {
  const { tools } = active;
  const doubted: DueListing[] = [];
  for await (const fetched of prefetch(fetchAll(active, resource, dueBatches(active)))) {
    const { proven, unproven } = await judge(active, resource, fetched);
    doubted.push(...unproven);
    await replace(active, resource, fetched, proven, []);
    tools.signal.throwIfAborted();
    if (isEnough(active, resource)) return { end: false, isProven: doubted.length === 0 };
  }
  let isProven = true;
  for await (const fetched of prefetch(fetchAll(active, resource, pack(doubted, tools.settings.pageSize)))) {
    const { proven, unproven } = await judge(active, resource, fetched);
    isProven = isProven && unproven.length === 0;
    await replace(active, resource, fetched, proven, unproven);
    tools.signal.throwIfAborted();
  }
  return { end: true, isProven };
}

/** After all media were read: the listings whose sets are complete by their number need no look of their own. */
export async function settleSets(active: Active, resource: Resource): Promise<void> {
  const { tools } = active;
  let last = '';
  for (;;) {
    const listings = await dueAfter(tools, last);
    if (listings.length === 0) return;
    await fenced(active, resource, stay, (session, _, at) => settleComplete(session, listings, at));
    last = listings.at(-1)!.key;
    tools.signal.throwIfAborted();
  }
}

function dueAfter(tools: RunTools, last: string): Promise<DueListing[]> {
  return patiently(databaseTools(tools), () =>
    dueListings(tools.database, last, LOOK_AHEAD, tools.clock.now()),
  );
}

async function* dueBatches({ tools }: Active): AsyncGenerator<DueListing[]> {
  let last = '';
  for (;;) {
    const listings = await dueAfter(tools, last);
    if (listings.length === 0) return;
    yield* pack(listings, tools.settings.pageSize);
    last = listings.at(-1)!.key;
  }
}

async function* fetchAll(
  { tools }: Active,
  resource: Resource,
  batches: AsyncIterable<DueListing[]> | Iterable<DueListing[]>,
): AsyncGenerator<Fetched> {
  const transform = transformer(resource);
  for await (const listings of batches) {
    const keys = listings.map((listing) => listing.key);
    const pages: Transformed[] = [];
    for await (const page of tools.source.children(resource, keys, tools.signal)) pages.push(transform(page));
    yield {
      listings,
      rows: distinct(pages.flatMap((page) => page.rows)),
      rejects: pages.flatMap((page) => page.rejects),
      older: pages.reduce((sum, page) => sum + page.older, 0),
    };
  }
}

/** Pages are read by key, so a key stands twice only if the server repeats itself: the newest counts. */
function distinct(rows: readonly Row[]): Row[] {
  const newest = new Map<string, Row>();
  for (const row of rows) {
    const twin = newest.get(row.key);
    if (twin === undefined || row.version >= twin.version) newest.set(row.key, row);
  }
  return [...newest.values()];
}

/** An empty set is believed where the feed counts no photos, or where none is stored and it does not count. */
async function judge(
  { tools }: Active,
  resource: Resource,
  fetched: Fetched,
): Promise<{ proven: DueListing[]; unproven: DueListing[] }> {
  const parents = new Set(fetched.rows.map((row) => parentOf(resource, row)));
  const empty = fetched.listings.filter((listing) => !parents.has(listing.key) && listing.photosCount !== 0);
  const stored =
    empty.length === 0
      ? new Map<string, string[]>()
      : await patiently(databaseTools(tools), () =>
          readSets(
            tools.database,
            resource,
            empty.map((listing) => listing.key),
          ),
        );
  const isUnproven = (listing: DueListing): boolean =>
    (listing.photosCount ?? 0) > 0 || (stored.get(listing.key)?.length ?? 0) > 0;
  const unproven = new Set(empty.filter(isUnproven));
  return { proven: fetched.listings.filter((listing) => !unproven.has(listing)), unproven: [...unproven] };
}

async function replace(
  active: Active,
  resource: Resource,
  fetched: Fetched,
  proven: readonly DueListing[],
  unproven: readonly DueListing[],
): Promise<void> {
  const { tools } = active;
  const before = active.tally[resource.name];
  const spared = new Set(fetched.rejects.map((reject) => reject.key));
  const until = tools.clock.now() + ASK_AGAIN_AFTER;
  const parents = proven.map((listing) => listing.key);
  await commit(active, {
    resource,
    page: fetched,
    pages: 1,
    more: { sets: (before?.sets ?? 0) + proven.length, unproven: (before?.unproven ?? 0) + unproven.length },
    write: async (session, page, options) => {
      const difference = await replaceSets(session, resource, parents, page.rows, spared, options);
      for (const listing of proven) await markFetched(session, listing, options.at);
      for (const listing of unproven) await postpone(session, listing.key, until);
      return difference;
    },
  });
  if (unproven.length > 0) {
    const keys = unproven.map((listing) => listing.key).slice(0, 100);
    tools.log.quality.warn(
      { listings: keys, count: unproven.length },
      'no media sent although photos are counted',
    );
  }
  show(active, resource);
}

function parentOf(resource: Resource, row: Row): string | null {
  const column = columnFor(resource, resource.parent!.field);
  const index = resource.fields.findIndex((field) => field.column === column);
  return row.values[index] ?? null;
}
