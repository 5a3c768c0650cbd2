import type { Dataset } from '../../dataset/dataset.ts';
import { parentLink } from '../../dataset/reading.ts';
import { countRows } from '../../load/count.ts';
import { countDue, dueListings, type DueListing } from '../../record/due.ts';
import type { RunTools } from '../active.ts';
import { pack } from '../pack.ts';
import {
  countFrom,
  type Expected,
  growth,
  type Planned,
  readPlanOf,
  requestsFor,
  SAMPLE_KEY,
} from '../planned.ts';
import { planBatches } from './incremental-plan.ts';

/** Listings looked up at a time: see children.ts. */
const AT_A_TIME = 1000;

/** Media of a listing, where none are here to be counted. */
const USUAL_MEDIA = 25;

/** What loading the sets of parents would take. */
export function planChildren(
  planned: Planned,
  resource: Dataset,
  parent: Expected | undefined,
): Promise<Expected> {
  return parentLink(resource)?.staleBy === 'photos'
    ? children(planned, resource, parent)
    : following(planned, resource, parent);
}

/** One record of each listing that moved, hundreds to a request; of a full-load, of every listing. No call for a count. */
async function following(
  planned: Planned,
  resource: Dataset,
  parent: Expected | undefined,
): Promise<Expected> {
  const { tools, mode, hasTables } = planned;
  const here = hasTables ? await countListings(tools) : 0;
  const due = hasTables ? await countDue(tools.database, resource) : 0;
  const moved = parent?.records ?? 0;
  const listings =
    mode === 'full-load' ? Math.max(here, moved) : Math.min(due + moved, here + (parent?.newRows ?? 0));
  const newRows = Math.max(0, listings - (hasTables ? await countRows(tools.database, resource) : 0));
  return {
    resource: resource.name,
    records: listings,
    calls: requestsFor(listings),
    ...(await growth(planned, resource, Math.min(newRows, listings))),
  };
}

/** All of them once, or those of the listings whose photos changed: the same choice as in children-load.ts. */
async function children(
  planned: Planned,
  resource: Dataset,
  parent: Expected | undefined,
): Promise<Expected> {
  const { tools, mode, watermarks } = planned;
  const { settings } = tools;
  const isWanted = mode === 'full-load' || watermarks.get(resource.name)?.completeAt === undefined;
  const isFiltered = settings.filters[parentLink(resource)!.parent] !== undefined;
  const due = await dueNow(planned, resource);
  if (isWanted && !isFiltered) {
    const all = await planBatches(planned, resource);
    // What a first load finds due is settled by the media that it reads.
    const isFirst = watermarks.get(resource.name)?.completeAt === undefined;
    return isFirst ? all : { ...all, calls: all.calls + callsFor(due, settings.pageSize) };
  }
  const begin = readPlanOf(planned, { name: parentLink(resource)!.parent }).from;
  const each = await perListing(planned, resource);
  const changed =
    isFiltered || parent === undefined ? undefined : await countFrom(planned, resource, begin?.timestamp);
  const listings = Math.min(parent?.newRows ?? 0, changed ?? Infinity);
  const sets = [...due, ...Array.from({ length: listings }, () => listingOf(each))];
  return {
    resource: resource.name,
    records: sets.reduce((sum, { count }) => sum + (count ?? 1), 0),
    calls: callsFor(sets, settings.pageSize),
    ...(await growth(planned, resource, Math.round(listings * each))),
  };
}

/** Listings that are due already, all of them by their number, the first thousand as they are. */
async function dueNow({ tools, hasTables }: Planned, resource: Dataset): Promise<DueListing[]> {
  if (!hasTables) return [];
  const known = await dueListings(tools.database, resource, '', AT_A_TIME, tools.clock.now());
  if (known.length < AT_A_TIME) return known;
  const more = (await countDue(tools.database, resource)) - known.length;
  return [...known, ...Array.from({ length: Math.max(0, more) }, (_, index) => known[index % AT_A_TIME]!)];
}

async function perListing({ tools, hasTables }: Planned, resource: Dataset): Promise<number> {
  if (!hasTables) return USUAL_MEDIA;
  const [here, owners] = [await countRows(tools.database, resource), await countListings(tools)];
  return here === 0 || owners === 0 ? USUAL_MEDIA : here / owners;
}

async function countListings({ database }: RunTools): Promise<number> {
  const [row] = await database.select<{ n: number }>('SELECT COUNT(*) AS n FROM properties');
  return row?.n ?? 0;
}

function listingOf(media: number): DueListing {
  return { key: SAMPLE_KEY, count: Math.ceil(media), changed: null, tries: 0 };
}

function callsFor(sets: readonly DueListing[], pageSize: number): number {
  let calls = 0;
  for (let at = 0; at < sets.length; at += AT_A_TIME) {
    calls += pack(sets.slice(at, at + AT_A_TIME), pageSize).length;
  }
  return calls;
}
