import { retryWhileUnavailable } from '../../db/retry-while-unavailable.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Row } from '../../model/row.ts';
import { readAllParents, type StaleParent } from '../../record/stale-parents.ts';
import { createSlicedTransformer, type TransformedPage } from '../../transform/page.ts';
import { type ActiveRun, databaseToolsOf } from '../active-run.ts';
import { createBisectingQuery } from '../bisecting-query.ts';
import { hasParentVersion } from '../../dataset/reading.ts';
import { requireCapability } from '../../sources/source.ts';
import { parentKeyOf } from './parent-key.ts';

/** The child records of one batch of listings, as rows. */
export type FetchedSets = TransformedPage & {
  /** All requested listings. */
  readonly listings: readonly StaleParent[];
  /** Requested listings that were refused although others were answered. */
  readonly refused: readonly StaleParent[];
  /** Whether the feed counted more records than it sent. */
  readonly isShort: boolean;
};

/** The child records of one list of listings, and whether the feed counted more. */
type SetPages = { readonly pages: readonly TransformedPage[]; readonly isShort: boolean };

/** Fetches the child records of these listings, batch by batch. Refused listings are reported and left out. */
export async function* fetchSets(
  active: ActiveRun,
  dataset: Dataset,
  batches: AsyncIterable<StaleParent[]> | Iterable<StaleParent[]>,
  signal: AbortSignal,
): AsyncGenerator<FetchedSets> {
  const { tools } = active;
  const transform = createSlicedTransformer(dataset);
  let versions: ReadonlyMap<string, string> = new Map();
  const ask = createBisectingQuery<SetPages>({
    ask: async (keys) => {
      const pages: TransformedPage[] = [];
      const asked = new Set(keys);
      const sent = new Set<string>();
      let counted: number | undefined;
      for await (const page of requireCapability(tools.source, 'children', 'read')(dataset, keys, signal)) {
        counted ??= page.count;
        const rows = await transform(hasParentVersion(dataset) ? { ...page, versions } : page);
        for (const { key } of [...rows.rows, ...rows.rejects]) sent.add(key);
        pages.push(keepRequestedParents(dataset, rows, asked));
      }
      return [{ pages, isShort: sent.size < (counted ?? 0) }];
    },
    knownKey: (suspects) => findOtherListing(active, dataset, suspects),
    onRefused: (key, err) =>
      tools.log.quality.warn({ resource: dataset.name, listing: key, err }, 'refused; requested again later'),
  });
  for await (const listings of batches) {
    const keys = listings.map((listing) => listing.key);
    // The version of each listing at the time of the request.
    versions = new Map(listings.map(({ key, changed }) => [key, changed ?? '']));
    const { items, refused } = await ask(keys);
    const pages = items.flatMap((item) => item.pages);
    yield {
      listings,
      isShort: items.some((item) => item.isShort),
      refused: listings.filter(({ key }) => refused.includes(key)),
      rows: dedupe(pages.flatMap((page) => page.rows)),
      rejects: pages.flatMap((page) => page.rejects),
      skippedOlder: pages.reduce((sum, page) => sum + page.skippedOlder, 0),
    };
  }
}

/** Drops records of parents that were not requested: they may be older than the stored ones. */
export function keepRequestedParents(
  dataset: Dataset,
  page: TransformedPage,
  asked: ReadonlySet<string>,
): TransformedPage {
  const isAsked = (parent: string | null): boolean => parent === null || asked.has(parent);
  return {
    ...page,
    rows: page.rows.filter((row) => isAsked(parentKeyOf(dataset, row))),
    rejects: page.rejects.filter(({ parent }) => isAsked(parent)),
  };
}

/** Finds a listing outside of `suspects`, stale or not. */
/** Finds a listing that is not one of these. */
export async function findOtherListing(
  { tools }: ActiveRun,
  dataset: Dataset,
  suspects: readonly string[],
): Promise<string | undefined> {
  const listings = await retryWhileUnavailable(databaseToolsOf(tools), () =>
    readAllParents(tools.database, dataset, '', suspects.length + 1),
  );
  return listings.find(({ key }) => !suspects.includes(key))?.key;
}

/** Pages are read by key, so a key occurs twice only if the server repeats itself. Keeps the newest record. */
export function dedupe(rows: readonly Row[]): Row[] {
  const newest = new Map<string, Row>();
  for (const row of rows) {
    const twin = newest.get(row.key);
    if (twin === undefined || (row.version ?? '') >= (twin.version ?? '')) newest.set(row.key, row);
  }
  return [...newest.values()];
}
