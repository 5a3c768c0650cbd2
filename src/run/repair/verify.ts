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

/** The differences between the table and the feed. */
export type Parity = {
  readonly upstream: number;
  readonly here: number;
  /** In the feed, but neither stored nor in quarantine. */
  readonly missing: string[];
  /** Stored with a version (older or newer) or with photos that differ from the feed. */
  readonly stale: string[];
  /** Stored, but no longer in the feed. */
  readonly extra: string[];
};

/** Keys in memory at a time, as many as one request returns. */
const MAX_WINDOW_ROWS = 300_000;

/** By key, the version in the feed; null if it has none. */
type VersionsByKey = Map<string, string | null>;

type ParitySearch = {
  readonly tools: RunTools;
  readonly dataset: Dataset;
  readonly missing: VersionsByKey;
  readonly stale: VersionsByKey;
  /** Stored, but not in the same window of the feed. */
  readonly moved: Set<string>;
};

/**
 * Compares every stored key and version with the feed's, in windows of the cursor field. A window holds at most as many rows
 * as one request returns: one request per 300,000 records.
 * @param since ISO 8601; undefined: from the beginning.
 */
export async function verify(tools: RunTools, dataset: Dataset, since: string | undefined): Promise<Parity> {
  const search: ParitySearch = { tools, dataset, missing: new Map(), stale: new Map(), moved: new Set() };
  const start = since === undefined ? undefined : parseInstant(since);
  // Records without their own timestamp cannot be queried by time: all of them are compared.
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
  const rows = await countInWindow(tools.database, dataset, window);
  if (rows <= MAX_WINDOW_ROWS || hasParentVersion(dataset)) return [window];
  const middle = await findMiddle(tools.database, dataset, window, rows);
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
    const unmatched = new Map<string, string | null>();
    for (const entry of page.entries) {
      const row = stored.get(entry.key);
      if (row === undefined) unmatched.set(entry.key, entry.version);
      else if (!matchesUpstream(dataset, row, entry)) stale.set(entry.key, entry.version);
      stored.delete(entry.key);
    }
    const elsewhere = await readIndexOfKeys(tools.database, dataset, [...unmatched.keys()]);
    for (const [key, version] of unmatched) (elsewhere.has(key) ? stale : missing).set(key, version);
  }
  for (const key of stored.keys()) moved.add(key);
  return { upstream, here };
}

/** A row that left its window is stale if it is still in the feed, in another window; otherwise it was removed. */
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

/** Ignores missing records whose listing is not stored: without their own timestamp, they are fetched only with their listing. */
async function forgetOrphans({ tools, missing }: ParitySearch): Promise<void> {
  const listings = await readStoredListings(tools.database, [...missing.keys()]);
  for (const key of missing.keys()) if (!listings.has(key)) missing.delete(key);
}

/** Drops the records that are in quarantine in the feed's version. */
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
