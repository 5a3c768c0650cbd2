import { requireCapability, type TimeWindow } from '../../sources/source.ts';
import { chunk } from '../../lib/chunk.ts';
import { fromSqlDateTime, parseInstant, toSqlDateTime } from '../../lib/time.ts';
import { readIndexInWindow, readIndexOfKeys, matchesUpstream } from '../../load/index-row.ts';
import { countInWindow, findMiddle, type SqlWindow } from '../../load/window.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { readStoredListings } from '../../record/stale-parents.ts';
import { readQuarantinedVersions } from '../../record/quarantine.ts';
import type { RunTools } from '../active-run.ts';
import { findPresentKeys } from '../by-key.ts';
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
const MAX_WINDOW_ROWS = 300_000;

/** By key, the version that the feed shows; null if it shows none. */
type VersionsByKey = Map<string, string | null>;

type ParitySearch = {
  readonly tools: RunTools;
  readonly dataset: Dataset;
  readonly missing: VersionsByKey;
  readonly stale: VersionsByKey;
  /** Stored, and not in the feed's same window. */
  readonly moved: Set<string>;
};

/**
 * Compares every key and version that is stored with the feed's, in windows of the cursor field that hold at most as many
 * rows as one request brings: one request for each 300,000 records.
 * @param since ISO 8601; from the beginning if undefined.
 */
export async function verify(tools: RunTools, dataset: Dataset, since: string | undefined): Promise<Parity> {
  const search: ParitySearch = { tools, dataset, missing: new Map(), stale: new Map(), moved: new Set() };
  const start = since === undefined ? undefined : parseInstant(since);
  // Records without a time of their own cannot be asked for by time: all of them are compared.
  const from = start === undefined || hasParentVersion(dataset) ? undefined : toSqlDateTime(start);
  let [upstream, here] = [0, 0];
  for (const window of await splitWindow(search, { from, to: undefined })) {
    const counted = await compareWindow(search, window);
    upstream += counted.upstream;
    here += counted.here;
  }
  await classifyMoved(search);
  if (hasParentVersion(dataset)) await forgetOrphans(search);
  const missing = await withoutQuarantined(search, search.missing);
  const stale = await withoutQuarantined(search, search.stale);
  return { upstream, here, missing, stale, extra: [...search.moved].sort() };
}

async function splitWindow(search: ParitySearch, window: SqlWindow): Promise<SqlWindow[]> {
  const { tools, dataset } = search;
  tools.signal.throwIfAborted();
  const here = await countInWindow(tools.database, dataset, window);
  if (here <= MAX_WINDOW_ROWS || hasParentVersion(dataset)) return [window];
  const middle = await findMiddle(tools.database, dataset, window, here);
  if (middle === undefined) return [window];
  const older = await splitWindow(search, { from: window.from, to: middle });
  return [...older, ...(await splitWindow(search, { from: middle, to: window.to }))];
}

async function compareWindow(
  { tools, dataset, missing, stale, moved }: ParitySearch,
  window: SqlWindow,
): Promise<{ upstream: number; here: number }> {
  const stored = await readIndexInWindow(tools.database, dataset, window);
  const here = stored.size;
  let upstream = 0;
  for await (const page of requireCapability(tools.source, 'keys', 'verify').within(
    dataset,
    toIso(window),
    tools.signal,
  )) {
    upstream += page.entries.length + page.withoutKey;
    const strange = new Map<string, string | null>();
    for (const entry of page.entries) {
      const row = stored.get(entry.key);
      if (row === undefined) strange.set(entry.key, entry.version);
      else if (!matchesUpstream(dataset, row, entry)) stale.set(entry.key, entry.version);
      stored.delete(entry.key);
    }
    const elsewhere = await readIndexOfKeys(tools.database, dataset, [...strange.keys()]);
    for (const [key, version] of strange) (elsewhere.has(key) ? stale : missing).set(key, version);
  }
  for (const key of stored.keys()) moved.add(key);
  return { upstream, here };
}

/** A row that has left its window is stale if the feed still has it, in another window; else it has vanished. */
async function classifyMoved({ tools, dataset, moved, stale }: ParitySearch): Promise<void> {
  for (const key of stale.keys()) moved.delete(key);
  for (const part of chunk([...moved].sort(), 200)) {
    const present = await findPresentKeys(tools, dataset, part, 'filtered');
    for (const key of present) {
      moved.delete(key);
      stale.set(key, null);
    }
  }
}

/** A record without a time of its own is fetched for its listing: if that is not stored, it cannot be. */
async function forgetOrphans({ tools, missing }: ParitySearch): Promise<void> {
  const listings = await readStoredListings(tools.database, [...missing.keys()]);
  for (const key of missing.keys()) if (!listings.has(key)) missing.delete(key);
}

/** Without the records that are in quarantine in the version that the feed shows. */
async function withoutQuarantined({ tools, dataset }: ParitySearch, found: VersionsByKey): Promise<string[]> {
  const held = await readQuarantinedVersions(tools.database, dataset.name, [...found.keys()]);
  return [...found].flatMap(([key, version]) => (isHeld(held.get(key), version) ? [] : [key])).sort();
}

function toIso({ from, to }: SqlWindow): TimeWindow {
  return { from: isoOf(from), to: isoOf(to) };
}

function isoOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : new Date(fromSqlDateTime(text)).toISOString();
}
