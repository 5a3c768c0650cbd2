import { retryWhileUnavailable } from '../../db/retry-while-unavailable.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { hasParentVersion, parentLink, photoFields } from '../../dataset/reading.ts';
import { normalizeSqlDateTime } from '../../lib/time.ts';
import { readChildKeys } from '../../load/children.ts';
import type { Row } from '../../model/row.ts';
import { markChildSetsStale, type ParentState, readParentStates } from '../../record/stale-parents.ts';
import type { ReadPage } from '../../sources/source.ts';
import { createSlicedTransformer, type TransformedPage } from '../../transform/page.ts';
import { type ActiveRun, databaseToolsOf } from '../active-run.ts';
import { commitFenced, getWatermark, keepWatermark } from '../fence.ts';
import { dedupe, type FetchedSets, keepRequestedParents } from '../modes/fetch-sets.ts';
import { parentKeyOf } from '../modes/parent-key.ts';
import { keysOf, replaceSets } from '../modes/replace-sets.ts';
import { packListings } from '../pack.ts';
import { prefetchPages } from '../prefetch-pages.ts';
import type { ExpansionControl, TakenSets } from './create-expansion.ts';
import { isProven } from './is-proven.ts';

/** A page of parents that was committed, and the child records that came with it. */
export type ExpandedPage = {
  readonly parent: Dataset;
  readonly page: TransformedPage;
  readonly children: NonNullable<ReadPage['children']>;
  /** Parents that are still to be read; undefined if unknown. */
  readonly left: number | undefined;
  /** Whether every parent was read with its child records so far, from the first one on. */
  readonly isWhole: boolean;
};

/**
 * Stores the child sets that came with a page of parents, if they are proven. The page was committed before: a crash in between
 * leaves its parents stale, and a parent whose set is not proven stays stale. Stale sets are requested separately.
 */
export async function takeSets(
  active: ActiveRun,
  expansion: ExpansionControl,
  page: ExpandedPage,
): Promise<void> {
  const taken: TakenSets[] = [];
  for (const dataset of expansion.datasets) taken.push(await takeDataset(active, dataset, page));
  expansion.taken(taken, page.left);
}

type FetchedParents = Omit<FetchedSets, 'listings'> & { readonly listings: readonly ParentState[] };

async function takeDataset(active: ActiveRun, dataset: Dataset, expanded: ExpandedPage): Promise<TakenSets> {
  const { tools, options } = active;
  const { rows, rejects } = expanded.page;
  const { completeAt } = await getWatermark(active, dataset);
  // A full-load reads every set again, not only those of changed parents.
  const readsAll = options.mode === 'full-load' && completeAt !== undefined && expanded.isWhole;
  const states = await retryWhileUnavailable(databaseToolsOf(tools), () =>
    readParentStates(
      tools.database,
      dataset,
      [...rows, ...rejects].map(({ key }) => key),
    ),
  );
  const isShown = createStateCheck(dataset, expanded);
  if (readsAll)
    await requestLater(
      active,
      dataset,
      states.filter((state) => !isShown(state)),
    );
  const parents = states.filter((state) => isShown(state) && (state.isStale || readsAll));
  const batches = packListings(parents, tools.settings.pageSize);
  let proven = 0;
  for await (const fetched of prefetchPages(tools, () => readSets(dataset, expanded, batches))) {
    const complete = await selectProven(active, dataset, fetched);
    await storeProven(active, dataset, fetched, complete);
    const keys = new Set(keysOf(complete));
    await requestLater(
      active,
      dataset,
      fetched.listings.filter(({ key }) => !keys.has(key)),
    );
    proven += complete.length;
    tools.signal.throwIfAborted();
  }
  const wanted = parents.length;
  return {
    wanted,
    proven,
    stale: rows.length === 0 ? 0 : wanted / rows.length,
    records: wanted === 0 ? 0 : parents.reduce((sum, { count }) => sum + (count ?? 1), 0) / wanted,
    isRead: completeAt === undefined && parentLink(dataset)?.staleBy === 'photos',
  };
}

/**
 * Creates the function that reports whether a parent is stored as the page shows it: its record may have been refused, or
 * skipped because a newer one is stored.
 */
function createStateCheck(dataset: Dataset, { parent, page }: ExpandedPage): (state: ParentState) => boolean {
  const shown = new Map(page.rows.map((row) => [row.key, shownState(parent, dataset, row)]));
  return ({ key, changed, count }) => {
    const row = shown.get(key);
    const stored = changed === null ? null : normalizeSqlDateTime(changed);
    return row?.changed === stored && (count === null || row?.count === String(count));
  };
}

function shownState(
  parent: Dataset,
  dataset: Dataset,
  row: Row,
): { readonly changed: string | null; readonly count: string | null } {
  if (parentLink(dataset)?.staleBy === 'version') return { changed: row.version, count: null };
  const photos = photoFields(parent);
  const valueOf = (name: string | undefined): string | null =>
    row.values[parent.fields.findIndex((field) => field.name === name)] ?? null;
  return { changed: valueOf(photos?.changed), count: valueOf(photos?.count) };
}

/** Transforms the child records batch by batch, as if they had been requested for these parents. */
async function* readSets(
  dataset: Dataset,
  { children }: ExpandedPage,
  batches: readonly (readonly ParentState[])[],
): AsyncGenerator<FetchedParents> {
  const transform = createSlicedTransformer(dataset);
  for (const listings of batches) {
    const keys = keysOf(listings);
    const versions = new Map(listings.map(({ key, changed }) => [key, changed ?? '']));
    const sent = await children(dataset, keys);
    const rows = await transform(hasParentVersion(dataset) ? { ...sent, versions } : sent);
    const kept = keepRequestedParents(dataset, rows, new Set(keys));
    yield { ...kept, rows: dedupe(kept.rows), listings, refused: [], isShort: false };
  }
}

async function selectProven(
  { tools }: ActiveRun,
  dataset: Dataset,
  { listings, rows, rejects }: FetchedParents,
): Promise<ParentState[]> {
  const sent = new Map<string | null, number>();
  // A record without a key proves nothing: it can be a stored one.
  const keyed = rejects.filter(({ key }) => !key.startsWith('no-key:'));
  const parents = [...rows.map((row) => parentKeyOf(dataset, row)), ...keyed.map(({ parent }) => parent)];
  for (const parent of parents) sent.set(parent, (sent.get(parent) ?? 0) + 1);
  const stored = await retryWhileUnavailable(databaseToolsOf(tools), () =>
    readChildKeys(tools.database, dataset, keysOf(listings)),
  );
  const isSingle = dataset.key === parentLink(dataset)?.field;
  return listings.filter(({ key, count, isStale }) =>
    isProven({
      counted: count,
      sent: sent.get(key) ?? 0,
      stored: stored.get(key)?.length ?? 0,
      isStale,
      isSingle,
    }),
  );
}

/** Makes sure that these sets are requested separately. Stale ones will be anyway. */
async function requestLater(
  active: ActiveRun,
  dataset: Dataset,
  parents: readonly ParentState[],
): Promise<void> {
  const keys = keysOf(parents.filter(({ isStale }) => !isStale));
  if (keys.length === 0) return;
  await commitFenced(active, dataset, keepWatermark, (session) => markChildSetsStale(session, dataset, keys));
}

async function storeProven(
  active: ActiveRun,
  dataset: Dataset,
  fetched: FetchedSets,
  proven: readonly ParentState[],
): Promise<void> {
  if (proven.length === 0) return;
  const keys = new Set(keysOf(proven));
  const isKept = (parent: string | null): boolean => parent !== null && keys.has(parent);
  const sets = {
    ...fetched,
    listings: proven,
    rows: fetched.rows.filter((row) => isKept(parentKeyOf(dataset, row))),
    rejects: fetched.rejects.filter(({ parent }) => isKept(parent)),
  };
  await replaceSets(active, dataset, sets, { proven, expanded: proven.length });
}
