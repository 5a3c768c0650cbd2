import { requireCapability, type TimeWindow } from '../../sources/source.ts';
import { chunk } from '../../lib/chunk.ts';
import { fromSqlDateTime, parseInstant, toSqlDateTime } from '../../lib/time.ts';
import { indexIn, indexOf, isInStep } from '../../load/index-row.ts';
import { countIn, middleOf, type SqlWindow } from '../../load/window.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { listingsHere } from '../../record/due.ts';
import { heldVersions } from '../../record/quarantine.ts';
import type { RunTools } from '../active.ts';
import { presentKeys } from '../by-key.ts';
import { isHeld } from '../stale.ts';
import { hasParentVersion } from '../../dataset/reading.ts';

/** How the table differs from the feed; keys by what is wrong with them. */
export type Parity = {
  readonly upstream: number;
  readonly here: number;
  /** In the feed, not stored, and not in quarantine. */
  readonly missing: string[];
  /** Stored in another version than the feed shows, older or newer, or with other photos. */
  readonly stale: string[];
  /** Stored, and no longer in the feed. */
  readonly extra: string[];
};

/** Keys that are held at a time; one request brings as many. */
const MOST_NAMED = 300_000;

/** By key, the version that the feed shows; null if it shows none. */
type Found = Map<string, string | null>;

type Search = {
  readonly tools: RunTools;
  readonly resource: Dataset;
  readonly missing: Found;
  readonly stale: Found;
  /** Stored, and not in the feed's same window. */
  readonly moved: Set<string>;
};

/**
 * Compares every key and version that is stored with the feed's, in windows of the cursor field that hold at most as many
 * rows as one request brings: one request for each 300,000 records.
 * @param since ISO 8601; from the beginning if undefined.
 */
export async function verify(tools: RunTools, resource: Dataset, since: string | undefined): Promise<Parity> {
  const search: Search = { tools, resource, missing: new Map(), stale: new Map(), moved: new Set() };
  const start = since === undefined ? undefined : parseInstant(since);
  // Records without a time of their own cannot be asked for by time: all of them are compared.
  const from = start === undefined || hasParentVersion(resource) ? undefined : toSqlDateTime(start);
  let [upstream, here] = [0, 0];
  for (const window of await windowsIn(search, { from, to: undefined })) {
    const counted = await compareWindow(search, window);
    upstream += counted.upstream;
    here += counted.here;
  }
  await explainMoved(search);
  if (hasParentVersion(resource)) await forgetOrphans(search);
  const missing = await unexplained(search, search.missing);
  const stale = await unexplained(search, search.stale);
  return { upstream, here, missing, stale, extra: [...search.moved].sort() };
}

async function windowsIn(search: Search, window: SqlWindow): Promise<SqlWindow[]> {
  const { tools, resource } = search;
  tools.signal.throwIfAborted();
  const here = await countIn(tools.database, resource, window);
  if (here <= MOST_NAMED || hasParentVersion(resource)) return [window];
  const middle = await middleOf(tools.database, resource, window, here);
  if (middle === undefined) return [window];
  const older = await windowsIn(search, { from: window.from, to: middle });
  return [...older, ...(await windowsIn(search, { from: middle, to: window.to }))];
}

async function compareWindow(
  { tools, resource, missing, stale, moved }: Search,
  window: SqlWindow,
): Promise<{ upstream: number; here: number }> {
  const stored = await indexIn(tools.database, resource, window);
  const here = stored.size;
  let upstream = 0;
  for await (const page of requireCapability(tools.source, 'keys', 'verify').within(
    resource,
    toIso(window),
    tools.signal,
  )) {
    upstream += page.entries.length + page.withoutKey;
    const strange = new Map<string, string | null>();
    for (const entry of page.entries) {
      const row = stored.get(entry.key);
      if (row === undefined) strange.set(entry.key, entry.version);
      else if (!isInStep(resource, row, entry)) stale.set(entry.key, entry.version);
      stored.delete(entry.key);
    }
    const elsewhere = await indexOf(tools.database, resource, [...strange.keys()]);
    for (const [key, version] of strange) (elsewhere.has(key) ? stale : missing).set(key, version);
  }
  for (const key of stored.keys()) moved.add(key);
  return { upstream, here };
}

/** A row that has left its window is stale if the feed still has it, in another window; else it has vanished. */
async function explainMoved({ tools, resource, moved, stale }: Search): Promise<void> {
  for (const key of stale.keys()) moved.delete(key);
  for (const part of chunk([...moved].sort(), 200)) {
    const present = await presentKeys(tools, resource, part, 'filtered');
    for (const key of present) {
      moved.delete(key);
      stale.set(key, null);
    }
  }
}

/** A record without a time of its own is fetched for its listing: if that is not stored, it cannot be. */
async function forgetOrphans({ tools, missing }: Search): Promise<void> {
  const listings = await listingsHere(tools.database, [...missing.keys()]);
  for (const key of missing.keys()) if (!listings.has(key)) missing.delete(key);
}

/** Without the records that are in quarantine in the version that the feed shows. */
async function unexplained({ tools, resource }: Search, found: Found): Promise<string[]> {
  const held = await heldVersions(tools.database, resource.name, [...found.keys()]);
  return [...found].flatMap(([key, version]) => (isHeld(held.get(key), version) ? [] : [key])).sort();
}

function toIso({ from, to }: SqlWindow): TimeWindow {
  return { from: isoOf(from), to: isoOf(to) };
}

function isoOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : new Date(fromSqlDateTime(text)).toISOString();
}
