import { retryWhileUnavailable } from '../../db/retry-while-unavailable.ts';
import { readChildKeys } from '../../load/children.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import {
  readAllParents,
  selectStaleParents,
  type StaleParent,
  markCompleteSets,
} from '../../record/stale-parents.ts';
import type { Watermark } from '../../record/watermark.ts';
import { type ActiveRun, databaseToolsOf, reachedMaxPages, showProgress } from '../active-run.ts';
import { prefetchPages } from '../prefetch-pages.ts';
import { commitFenced, keepWatermark, getWatermark } from '../fence.ts';
import { type FetchedSets, fetchSets } from './fetch-sets.ts';
import { packListings } from '../pack.ts';
import { parentKeyOf } from './parent-key.ts';
import { keysOf, replaceSets } from './replace-sets.ts';

/** The last instant that a DATETIME holds. */
const END_OF_TIME = Date.UTC(9999, 11, 31);

/** Listings per look-up. */
const LISTING_BATCH_SIZE = 1000;

export type ChildSetsResult = {
  /** Whether the records of all selected listings were requested. */
  readonly end: boolean;
  /** Whether every answer was plausible. */
  readonly isProven: boolean;
};

/** Which listings to fetch the child records of, and how each batch moves the watermark. */
type ListingSelection = {
  readonly after: (last: string) => Promise<StaleParent[]>;
  readonly from: string;
  readonly move: (watermark: Watermark, last: string) => Watermark;
};

/**
 * Fetches the child records of every stale listing, and replaces each listing's set as a whole. An implausibly small set is
 * requested again; if it is still implausible, the stored set stays.
 */
export async function loadChildSets(active: ActiveRun, dataset: Dataset): Promise<ChildSetsResult> {
  return load(active, dataset, {
    after: (last) => readStaleParents(active, dataset, last),
    from: '',
    move: keepWatermark,
  });
}

/** Fetches the child records of every listing. Resumes where an earlier run of this full-load was interrupted. */
export async function reloadChildSets(active: ActiveRun, dataset: Dataset): Promise<ChildSetsResult> {
  const { tools, id } = active;
  const { load: started } = await getWatermark(active, dataset);
  return load(active, dataset, {
    after: (last) =>
      retryWhileUnavailable(databaseToolsOf(tools), () =>
        readAllParents(tools.database, dataset, last, LISTING_BATCH_SIZE),
      ),
    from: started?.cursor?.key ?? '',
    move: (watermark, last) => ({
      ...watermark,
      load: {
        cursor: { timestamp: new Date(tools.clock.now()).toISOString(), key: last },
        run: watermark.load?.run ?? id,
      },
    }),
  });
}

async function load(active: ActiveRun, dataset: Dataset, choice: ListingSelection): Promise<ChildSetsResult> {
  const { tools } = active;
  const unprovenSets: StaleParent[] = [];
  let isProven = true;
  for await (const fetched of prefetchPages(tools, (own) =>
    fetchSets(active, dataset, readBatches(active, choice), own),
  )) {
    const { proven, unproven } = await checkCompleteness(active, dataset, fetched, false);
    unprovenSets.push(...unproven);
    isProven = isProven && fetched.refused.length === 0;
    const last = fetched.listings.at(-1)!.key;
    await replaceSets(active, dataset, fetched, {
      proven,
      move: (watermark) => choice.move(watermark, last),
    });
    showProgress(active, dataset);
    tools.signal.throwIfAborted();
    if (reachedMaxPages(active, dataset))
      return { end: false, isProven: isProven && unprovenSets.length === 0 };
  }
  for await (const fetched of prefetchPages(tools, (own) =>
    fetchSets(active, dataset, packListings(unprovenSets, tools.settings.pageSize), own),
  )) {
    const { proven, unproven } = await checkCompleteness(active, dataset, fetched, true);
    isProven = isProven && unproven.length + fetched.refused.length === 0;
    await replaceSets(active, dataset, fetched, { proven, postponed: unproven });
    showProgress(active, dataset);
    tools.signal.throwIfAborted();
  }
  return { end: true, isProven };
}

/** Marks listings as fetched whose stored media match their count. Called after all media were read, to save requests. */
export async function markUnchangedSets(active: ActiveRun, dataset: Dataset): Promise<void> {
  const { tools } = active;
  let last = '';
  for (;;) {
    const listings = await readStaleParents(active, dataset, last);
    if (listings.length === 0) return;
    await commitFenced(active, dataset, keepWatermark, (session, _, at) =>
      markCompleteSets(session, listings, at),
    );
    last = listings.at(-1)!.key;
    tools.signal.throwIfAborted();
  }
}

/** A full-load includes the listings that a sync postpones. */
function readStaleParents(
  { tools, options }: ActiveRun,
  dataset: Dataset,
  last: string,
): Promise<StaleParent[]> {
  const now = options.mode === 'full-load' ? END_OF_TIME : tools.clock.now();
  return retryWhileUnavailable(databaseToolsOf(tools), () =>
    selectStaleParents(tools.database, dataset, last, LISTING_BATCH_SIZE, now),
  );
}

async function* readBatches(
  { tools }: ActiveRun,
  { after, from }: ListingSelection,
): AsyncGenerator<StaleParent[]> {
  let last = from;
  for (;;) {
    const listings = await after(last);
    if (listings.length === 0) return;
    yield* packListings(listings, tools.settings.pageSize);
    last = listings.at(-1)!.key;
  }
}

/**
 * Decides which sets are plausible. An empty set is plausible if the feed counts no photos, or if it does not count and none
 * is stored. A set smaller than the feed's count is requested again once if more records are stored or none is, because an
 * answer can be incomplete under load; not if none is stored and the user's filter excludes some. If the answer contradicts
 * its own count, every set in it that may be incomplete is implausible, the second time too.
 */
async function checkCompleteness(
  active: ActiveRun,
  dataset: Dataset,
  fetched: FetchedSets,
  isSecond: boolean,
): Promise<{ proven: StaleParent[]; unproven: StaleParent[] }> {
  const { tools } = active;
  const answered = fetched.listings.filter((listing) => !fetched.refused.includes(listing));
  const sent = new Map<string | null, number>();
  const parents = [
    ...fetched.rows.map((row) => parentKeyOf(dataset, row)),
    ...fetched.rejects.map(({ parent }) => parent),
  ];
  for (const parent of parents) sent.set(parent, (sent.get(parent) ?? 0) + 1);
  const small = answered.filter(({ key, count }) =>
    count === null ? fetched.isShort || !sent.has(key) : (sent.get(key) ?? 0) < count,
  );
  const stored = await retryWhileUnavailable(databaseToolsOf(tools), () =>
    readChildKeys(
      tools.database,
      dataset,
      small.map((listing) => listing.key),
    ),
  );
  const isFiltered = tools.settings.filters[dataset.name] !== undefined;
  const isUnproven = ({ key, count }: StaleParent): boolean => {
    const before = stored.get(key)?.length ?? 0;
    const now = sent.get(key) ?? 0;
    if (fetched.isShort) return true;
    if (now === 0) return (count ?? 0) > 0 || before > 0;
    return !isSecond && (now < before || (before === 0 && count !== null && !isFiltered));
  };
  const unproven = new Set(small.filter(isUnproven));
  reportSmaller(
    active,
    dataset,
    small.filter(
      (set) => !unproven.has(set) && (sent.get(set.key) ?? 0) < (stored.get(set.key)?.length ?? 0),
    ),
  );
  return { proven: answered.filter((listing) => !unproven.has(listing)), unproven: [...unproven] };
}

/** Reports sets that lose records although the listing counts more. The same answer came twice, so it is accepted. */
function reportSmaller({ tools }: ActiveRun, dataset: Dataset, listings: readonly StaleParent[]): void {
  const counting = listings.filter(({ count }) => count !== null);
  if (counting.length === 0) return;
  tools.log.quality.warn(
    { resource: dataset.name, listings: keysOf(counting).slice(0, 100), count: counting.length },
    'removed records that two answers did not contain, although the listing counts more',
  );
}
