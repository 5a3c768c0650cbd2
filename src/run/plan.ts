import { countRows } from '../load/count.ts';
import { weightOf } from '../load/weight.ts';
import { countIn } from '../load/window.ts';
import { parseInstant, toSqlDateTime } from '../lib/time.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Cursor } from '../model/cursor.ts';
import { countDue, dueListings, type DueListing } from '../record/due.ts';
import { noWatermark, readWatermarks, type Watermark } from '../record/watermark.ts';
import type { RunTools } from './active.ts';
import { pagesOf } from './forecast.ts';
import { inRequests, pack } from './pack.ts';
import { isPhotosCheckDue } from './modes/photos-due.ts';
import { hasKeysOfItsOwn } from './repair/reconcile.ts';
import { chooseTrack, type Track } from './modes/read-plan.ts';
import { parentLink } from '../dataset/reading.ts';
import { capability } from '../sources/source.ts';

export type PlanMode = 'sync' | 'full-load' | 'reconcile';

/** What a run will have to do with one resource. */
export type Expected = {
  readonly resource: string;
  /** Records, or keys, that it will read. */
  readonly records: number;
  readonly calls: number;
  /** Of the records, those that have no row yet; at most. */
  readonly newRows: number;
  /** On the server's disk. */
  readonly bytes: number;
  /** Whether `bytes` comes of the tables as they are. */
  readonly isMeasured: boolean;
};

/** Listings that are looked up at a time: see sets.ts and reconcile.ts. */
const AT_A_TIME = 1000;

/** Keys in one answer of a census. */
const KEYS = 300_000;

/** A staged key on disk, while a census goes on. */
const STAGED = 120;

/** Media of a listing, where none are here to be counted. */
const USUAL_MEDIA = 25;

/** As long as Trestle's are. */
const KEY = '1155528690';

type Planned = {
  readonly tools: RunTools;
  readonly mode: PlanMode;
  readonly hasTables: boolean;
  readonly resources: readonly Dataset[];
  readonly watermarks: ReadonlyMap<string, Watermark>;
};

/**
 * What a run would have to do now. Asks the feed for its counts, one call a resource at most, and the tables for the rest.
 * @param resources parents before their children.
 */
export async function planRun(
  tools: RunTools,
  mode: PlanMode,
  resources: readonly Dataset[],
  hasTables: boolean,
): Promise<Expected[]> {
  const stored = hasTables ? await readWatermarks(tools.database) : [];
  const planned: Planned = {
    tools,
    mode,
    hasTables,
    resources,
    watermarks: new Map(stored.map((watermark) => [watermark.resource, watermark])),
  };
  const expected: Expected[] = [];
  for (const resource of resourcesOf(planned, resources)) {
    const parent = expected.find((each) => each.resource === parentLink(resource)?.parent);
    expected.push(await expectedOf(planned, resource, parent));
  }
  return expected;
}

/** A full-load that was interrupted goes on with the resources that are left: see session.ts. */
function resourcesOf(
  { mode, watermarks, tools }: Planned,
  resources: readonly Dataset[],
): readonly Dataset[] {
  if (mode === 'reconcile') {
    const loaded = resources.filter(({ name }) => watermarks.get(name)?.completeAt !== undefined);
    return loaded.filter((resource) => hasKeysOfItsOwn(resource, tools.settings.filters));
  }
  const marked = resources.filter(({ name }) => watermarks.get(name)?.load !== undefined);
  return mode === 'full-load' && marked.length > 0 ? marked : resources;
}

async function expectedOf(
  planned: Planned,
  resource: Dataset,
  parent: Expected | undefined,
): Promise<Expected> {
  if (planned.mode === 'reconcile') return compared(planned, resource);
  const link = parentLink(resource);
  if (link === undefined) return paged(planned, resource);
  return link.staleBy === 'photos'
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

/** Every key, once; the feed's count; and what one of the two sides has more. */
async function compared({ tools }: Planned, resource: Dataset): Promise<Expected> {
  const records = await capability(tools.source, 'keys', 'plan').count(resource, tools.signal);
  const here = await countRows(tools.database, resource);
  const missing = Math.max(0, records - here);
  const absent = Math.max(0, here - records);
  // What a filter leaves out is looked up once more without it.
  const looks = tools.settings.filters[resource.name] === undefined ? 1 : 2;
  const calls = pagesOf(records, KEYS) + 1 + requestsFor(missing) + looks * requestsFor(absent);
  const { bytes, isMeasured } = await weightOf(tools.database, resource, tools.settings.keepPayload);
  return {
    resource: resource.name,
    records,
    calls,
    newRows: missing,
    bytes: records * STAGED + missing * bytes,
    isMeasured,
  };
}

/** Everything from where the run begins to the feed's end, page by page. */
async function paged(planned: Planned, resource: Dataset): Promise<Expected> {
  const { tools } = planned;
  const { from, whole } = trackOf(planned, resource);
  const records = await countFrom(planned, resource, from?.timestamp);
  // A pass in several runs ends with the feed's count.
  const counts = whole && from !== undefined ? 1 : 0;
  return {
    resource: resource.name,
    records,
    calls: pagesOf(records, tools.settings.pageSize) + counts + photosCalls(planned, resource),
    ...(await growth(planned, resource, await newIn(planned, resource, records, from?.timestamp))),
  };
}

/** The query for photos that changed without the listing; what it will find is not known. */
function photosCalls({ tools, mode, resources, watermarks }: Planned, resource: Dataset): number {
  const watermark = watermarks.get(resource.name) ?? noWatermark(resource.name);
  const isDue = isPhotosCheckDue(resource, resources, watermark, tools.clock.now(), tools.settings);
  return mode === 'sync' && isDue ? 1 : 0;
}

/** All of them once, or those of the listings whose photos changed: the same choice as in run.ts. */
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
    const all = await paged(planned, resource);
    // What a first load finds due is settled by the media that it reads.
    const isFirst = watermarks.get(resource.name)?.completeAt === undefined;
    return isFirst ? all : { ...all, calls: all.calls + callsFor(due, settings.pageSize) };
  }
  const begin = beginOf(planned, { ...resource, name: parentLink(resource)!.parent });
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

function beginOf(planned: Planned, resource: Pick<Dataset, 'name'>): Cursor | undefined {
  return trackOf(planned, resource).from;
}

function trackOf({ tools, mode, watermarks }: Planned, { name }: Pick<Dataset, 'name'>): Track {
  const { overlap } = tools.settings;
  const options = { mode: mode === 'sync' ? mode : 'full-load', overlap, restart: false, run: 0 } as const;
  return chooseTrack(watermarks.get(name) ?? noWatermark(name), options);
}

function countFrom({ tools }: Planned, resource: Dataset, from: string | undefined): Promise<number> {
  return capability(tools.source, 'keys', 'plan').count(resource, tools.signal, { from, to: undefined });
}

/** Records that are not here in this version: a record that only moved is one of them, so that this is the most. */
async function newIn(
  { tools, mode, hasTables }: Planned,
  resource: Dataset,
  records: number,
  from: string | undefined,
): Promise<number> {
  if (!hasTables) return records;
  const at = from === undefined ? undefined : parseInstant(from);
  const window = { from: at === undefined ? undefined : toSqlDateTime(at), to: undefined };
  const here = await countIn(tools.database, resource, window);
  // A record whose cursor is the same is here in any case.
  return mode === 'sync' || from === undefined ? Math.max(0, records - here) : records;
}

async function growth(
  { tools, hasTables }: Planned,
  resource: Dataset,
  newRows: number,
): Promise<Pick<Expected, 'newRows' | 'bytes' | 'isMeasured'>> {
  const { keepPayload } = tools.settings;
  const weight = await weightOf(tools.database, resource, keepPayload);
  return { newRows, bytes: newRows * weight.bytes, isMeasured: hasTables && weight.isMeasured };
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
  return { key: KEY, count: Math.ceil(media), changed: null, tries: 0 };
}

function callsFor(sets: readonly DueListing[], pageSize: number): number {
  let calls = 0;
  for (let at = 0; at < sets.length; at += AT_A_TIME) {
    calls += pack(sets.slice(at, at + AT_A_TIME), pageSize).length;
  }
  return calls;
}

function portion(keys: number): number {
  return inRequests(Array.from({ length: keys }, () => KEY)).length;
}

function requestsFor(keys: number): number {
  return Math.floor(keys / AT_A_TIME) * portion(AT_A_TIME) + portion(keys % AT_A_TIME);
}
