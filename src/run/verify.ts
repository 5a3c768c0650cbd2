import type { Window } from '../extract/source.ts';
import { chunk } from '../lib/chunk.ts';
import { fromSqlDateTime, parseInstant, toSqlDateTime } from '../lib/time.ts';
import { countIn, middleOf, type SqlWindow, versionsIn, versionsOf } from '../load/window.ts';
import type { Resource } from '../model.ts';
import { listingsHere } from '../record/due.ts';
import { heldKeys } from '../record/quarantine.ts';
import type { RunTools } from './active.ts';
import { presentKeys } from './by-key.ts';

/** How the table stands against the feed; keys by what is wrong with them. */
export type Parity = {
  readonly upstream: number;
  readonly here: number;
  /** In the feed, not here, and not in quarantine. */
  readonly missing: string[];
  /** Here in an older version than the feed has. */
  readonly stale: string[];
  /** Here, and no more in the feed. */
  readonly extra: string[];
};

/** Halved so often in any case: a stale row is one too many in one window and one too few in another. */
const LEAST_DEPTH = 3;

/** Keys that are held at a time; one request brings as many. */
const MOST_NAMED = 300_000;

type Search = {
  readonly tools: RunTools;
  readonly resource: Resource;
  readonly missing: Set<string>;
  readonly stale: Set<string>;
  /** Here, and not in the feed's same window. */
  readonly moved: Set<string>;
};

/**
 * Compares counts here and in the feed over windows of the cursor field, eight of them at least (one where records have no
 * time of their own). Where all are equal that is all: eight calls. Where one differs, large windows that differ are halved, and then the keys of all windows are
 * compared, as a row too many and a row too few in one window look like none.
 * @param since ISO 8601; from the beginning where undefined.
 */
export async function verify(
  tools: RunTools,
  resource: Resource,
  since: string | undefined,
): Promise<Parity> {
  const search = {
    tools,
    resource,
    missing: new Set<string>(),
    stale: new Set<string>(),
    moved: new Set<string>(),
  };
  const start = since === undefined ? undefined : parseInstant(since);
  // What has no time of its own can't be asked for by time: all of it is compared.
  const from = start === undefined || resource.isTimeless === true ? undefined : toSqlDateTime(start);
  const windows = await countWindows(search, { from, to: undefined }, 0);
  if (windows.some(({ upstream, here }) => upstream !== here)) {
    for (const { window } of windows) await nameDifferences(search, window);
    await explainMoved(search);
  }
  if (resource.isTimeless === true) await forgetOrphans(search);
  const held = await heldKeys(tools.database, resource.name, [...search.missing, ...search.stale]);
  const unexplained = (keys: ReadonlySet<string>): string[] =>
    [...keys].filter((key) => !held.has(key)).sort();
  return {
    upstream: windows.reduce((sum, { upstream }) => sum + upstream, 0),
    here: windows.reduce((sum, { here }) => sum + here, 0),
    missing: unexplained(search.missing),
    stale: unexplained(search.stale),
    extra: [...search.moved].sort(),
  };
}

type Counted = { readonly window: SqlWindow; readonly upstream: number; readonly here: number };

async function countWindows(search: Search, window: SqlWindow, depth: number): Promise<Counted[]> {
  const { tools, resource } = search;
  tools.signal.throwIfAborted();
  const here = await countIn(tools.database, resource, window);
  const isWhole = here < 2 || resource.isTimeless === true;
  const middle = isWhole ? undefined : await middleOf(tools.database, resource, window, here);
  if (middle !== undefined && depth < LEAST_DEPTH) return halves(search, window, middle, depth);
  const upstream = await tools.source.count(resource, tools.signal, toIso(window));
  const isSettled = upstream === here || Math.max(upstream, here) <= MOST_NAMED;
  if (middle === undefined || isSettled) return [{ window, upstream, here }];
  return halves(search, window, middle, depth);
}

async function halves(search: Search, window: SqlWindow, middle: string, depth: number): Promise<Counted[]> {
  const older = await countWindows(search, { from: window.from, to: middle }, depth + 1);
  const newer = await countWindows(search, { from: middle, to: window.to }, depth + 1);
  return [...older, ...newer];
}

async function nameDifferences(search: Search, window: SqlWindow): Promise<void> {
  const { tools, resource } = search;
  const here = await versionsIn(tools.database, resource, window);
  for await (const page of tools.source.keysIn(resource, toIso(window), tools.signal)) {
    for (const { key, version } of page.entries) {
      if (here.has(key) && version !== null && here.get(key) !== version) search.stale.add(key);
    }
    const strange = page.entries.filter(({ key }) => !here.delete(key));
    const elsewhere = await versionsOf(
      tools.database,
      resource,
      strange.map(({ key }) => key),
    );
    for (const { key } of strange) (elsewhere.has(key) ? search.stale : search.missing).add(key);
  }
  for (const key of here.keys()) search.moved.add(key);
}

/** What is not in its window any more has moved on, and is stale here, or has vanished. */
async function explainMoved({ tools, resource, moved, stale }: Search): Promise<void> {
  for (const part of chunk([...moved].sort(), 200)) {
    const present = await presentKeys(tools, resource, part, 'filtered');
    for (const key of present) {
      moved.delete(key);
      stale.add(key);
    }
  }
}

/** What has no time of its own is fetched for its listing: where that is not here, it can't be. */
async function forgetOrphans({ tools, missing }: Search): Promise<void> {
  const listings = await listingsHere(tools.database, [...missing]);
  for (const key of missing) if (!listings.has(key)) missing.delete(key);
}

function toIso({ from, to }: SqlWindow): Window {
  return { from: isoOf(from), to: isoOf(to) };
}

function isoOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : new Date(fromSqlDateTime(text)).toISOString();
}
