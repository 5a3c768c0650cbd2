import type { Dataset } from '../../dataset/dataset.ts';
import { parentLink } from '../../dataset/reading.ts';
import { countRows } from '../../load/count.ts';
import { countStaleParents, selectStaleParents, type StaleParent } from '../../record/stale-parents.ts';
import type { RunTools } from '../active-run.ts';
import { packListings } from '../pack.ts';
import {
  countRecordsFrom,
  type DatasetPlan,
  estimateGrowth,
  type PlanContext,
  planReadOf,
  countRequests,
  SAMPLE_KEY,
} from '../dataset-plan.ts';
import { createWatermark } from '../../record/watermark.ts';
import { selectExpandable } from '../expansion/select-expandable.ts';
import { planBatches } from './incremental-plan.ts';

/** Listings per look-up: see child-sets.ts. */
const LISTING_BATCH_SIZE = 1000;

/** Media per listing, if none are stored yet. */
const TYPICAL_MEDIA_COUNT = 25;

/** Estimates the work of loading the child records of a dataset. */
export function planChildren(
  planned: PlanContext,
  dataset: Dataset,
  parent: DatasetPlan | undefined,
): Promise<DatasetPlan> {
  return parentLink(dataset)?.staleBy === 'photos'
    ? planByPhotos(planned, dataset, parent)
    : planByVersion(planned, dataset, parent);
}

/** One record for each listing that moved (for every listing in a full-load), hundreds per request. Needs no call for a count. */
async function planByVersion(
  planned: PlanContext,
  dataset: Dataset,
  parent: DatasetPlan | undefined,
): Promise<DatasetPlan> {
  const { tools, mode, hasTables } = planned;
  const stored = hasTables ? await countListings(tools) : 0;
  const stale = hasTables ? await countStaleParents(tools.database, dataset) : 0;
  const moved = parent?.records ?? 0;
  const listings =
    mode === 'full-load' ? Math.max(stored, moved) : Math.min(stale + moved, stored + (parent?.newRows ?? 0));
  const newRows = Math.max(0, listings - (hasTables ? await countRows(tools.database, dataset) : 0));
  const remaining = canExpand(planned, dataset)
    ? { together: { calls: mode === 'full-load' ? 0 : countRequests(stale), perParent: 1 } }
    : {};
  return {
    ...remaining,
    resource: dataset.name,
    records: listings,
    calls: countRequests(listings),
    ...(await estimateGrowth(planned, dataset, Math.min(newRows, listings))),
  };
}

/** All media once, or those of listings whose photos changed: the same decision as in children.ts. */
async function planByPhotos(
  planned: PlanContext,
  dataset: Dataset,
  parent: DatasetPlan | undefined,
): Promise<DatasetPlan> {
  const { tools, mode, watermarks } = planned;
  const { settings } = tools;
  const readsAll = mode === 'full-load' || watermarks.get(dataset.name)?.completeAt === undefined;
  const isFiltered = settings.filters[parentLink(dataset)!.parent] !== undefined;
  const stale = await readStaleParents(planned, dataset);
  if (readsAll && !isFiltered) {
    const all = await planBatches(planned, dataset);
    // The media that a first load reads cover the listings that are stale now.
    const { completeAt, cursor } = watermarks.get(dataset.name) ?? createWatermark(dataset.name);
    const perParent = all.records / Math.max(1, parent?.records ?? 1);
    // An earlier run that started to read all media is resumed.
    const canBeTogether = canExpand(planned, dataset) && (completeAt !== undefined || cursor === undefined);
    const remaining = canBeTogether ? { together: { calls: 0, perParent } } : {};
    const after = completeAt === undefined ? 0 : countCalls(stale, settings.pageSize);
    return { ...all, ...remaining, calls: all.calls + after };
  }
  const begin = planReadOf(planned, { name: parentLink(dataset)!.parent }).from;
  const each = await estimateMediaPerListing(planned, dataset);
  const changed =
    isFiltered || parent === undefined
      ? undefined
      : await countRecordsFrom(planned, dataset, begin?.timestamp);
  const listings = Math.min(parent?.newRows ?? 0, changed ?? Infinity);
  const sets = [...stale, ...Array.from({ length: listings }, () => sampleListing(each))];
  const calls = countCalls(stale, settings.pageSize);
  return {
    ...(canExpand(planned, dataset) ? { together: { calls, perParent: each } } : {}),
    resource: dataset.name,
    records: sets.reduce((sum, { count }) => sum + (count ?? 1), 0),
    calls: countCalls(sets, settings.pageSize),
    ...(await estimateGrowth(planned, dataset, Math.round(listings * each))),
  };
}

/** Whether listings are read in this run, and these records can be requested with them; if all are read, then from the first. */
function canExpand(planned: PlanContext, dataset: Dataset): boolean {
  const { tools, datasets, mode, watermarks } = planned;
  const parent = datasets.find(({ name }) => name === parentLink(dataset)!.parent);
  if (parent === undefined || selectExpandable(tools, parent, [dataset]).length === 0) return false;
  const isReload = mode === 'full-load' && watermarks.get(dataset.name)?.completeAt !== undefined;
  return !isReload || planReadOf(planned, parent).from === undefined;
}

/** Lists the listings that are stale now: the first thousand as stored, the others as copies of them. */
async function readStaleParents({ tools, hasTables }: PlanContext, dataset: Dataset): Promise<StaleParent[]> {
  if (!hasTables) return [];
  const known = await selectStaleParents(tools.database, dataset, '', LISTING_BATCH_SIZE, tools.clock.now());
  if (known.length < LISTING_BATCH_SIZE) return known;
  const more = (await countStaleParents(tools.database, dataset)) - known.length;
  return [
    ...known,
    ...Array.from({ length: Math.max(0, more) }, (_, index) => known[index % LISTING_BATCH_SIZE]!),
  ];
}

async function estimateMediaPerListing({ tools, hasTables }: PlanContext, dataset: Dataset): Promise<number> {
  if (!hasTables) return TYPICAL_MEDIA_COUNT;
  const [media, owners] = [await countRows(tools.database, dataset), await countListings(tools)];
  return media === 0 || owners === 0 ? TYPICAL_MEDIA_COUNT : media / owners;
}

async function countListings({ database }: RunTools): Promise<number> {
  const [row] = await database.select<{ n: number }>('SELECT COUNT(*) AS n FROM properties');
  return row?.n ?? 0;
}

function sampleListing(media: number): StaleParent {
  return { key: SAMPLE_KEY, count: Math.ceil(media), changed: null, tries: 0 };
}

function countCalls(sets: readonly StaleParent[], pageSize: number): number {
  let calls = 0;
  for (let at = 0; at < sets.length; at += LISTING_BATCH_SIZE) {
    calls += packListings(sets.slice(at, at + LISTING_BATCH_SIZE), pageSize).length;
  }
  return calls;
}
