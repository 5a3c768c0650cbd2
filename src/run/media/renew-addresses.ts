import { withSelect } from '../../dataset/reading.ts';
import { MINUTE_MS } from '../../lib/time.ts';
import { recordText } from '../../transform/scan-record.ts';
import { createBisectingQuery } from '../bisecting-query.ts';
import { findOtherListing } from '../modes/fetch-sets.ts';
import { splitIntoRequests } from '../pack.ts';
import type { Page } from '../../model/page.ts';
import type { Pass } from './pass.ts';

/** An address that is younger than this and refused is not asked for again. */
const RENEWAL_MS = 15 * MINUTE_MS;

/** Addresses that are remembered: those of the last batches, until they are in the database. */
const MAX_ADDRESSES = 20_000;

/** Listings in one request: their media fill about a page. */
const LISTINGS = 40;

/**
 * Asks the feed for newly signed addresses of the media of these listings, unless that was done a moment ago.
 * @returns the new addresses, by media key.
 * @throws what the feed throws for a request, unless it refuses one listing only.
 */
export async function renewAddresses(
  pass: Pass,
  listings: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { active, media, renewed, addresses } = pass;
  const { clock, log } = active.tools;
  const { feed } = media;
  const due = [...new Set(listings)].filter(
    (key) => clock.now() - (renewed.get(key) ?? -Infinity) > RENEWAL_MS,
  );
  const { children } = feed;
  if (children === undefined || due.length === 0) return new Map();
  const dataset = withSelect(media.dataset, [media.dataset.key, ...parentField(media.dataset), 'MediaURL']);
  const ask = createBisectingQuery({
    ask: (keys) => requestAddresses(children(dataset, keys, signal), media.dataset.key),
    knownKey: (suspects) => findOtherListing(active, media.dataset, suspects),
    // Its files count as failed. Otherwise each download would end at this listing.
    onRefused: (key, err) => log.main.warn({ listing: key, err }, 'refused; no new addresses for its media'),
  });
  const found = new Map<string, string>();
  for (const keys of splitIntoRequests(due, LISTINGS)) {
    const { items } = await ask(keys);
    for (const [key, address] of items) found.set(key, address);
    for (const key of keys) renewed.set(key, clock.now());
  }
  log.main.info({ listings: due.length, addresses: found.size }, 'renewed addresses of media');
  for (const [key, address] of found) addresses.set(key, address);
  for (const key of addresses.keys()) {
    if (addresses.size <= MAX_ADDRESSES) break;
    addresses.delete(key);
  }
  return found;
}

/** Reads the media keys of an answer, each with its address. */
async function requestAddresses(
  pages: AsyncIterable<Page>,
  keyField: string,
): Promise<(readonly [string, string])[]> {
  const found: (readonly [string, string])[] = [];
  for await (const { records } of pages) {
    for (const record of records) {
      const [key, address] = readAddress(recordText(record), keyField);
      if (key !== undefined && address !== undefined) found.push([key, address]);
    }
  }
  return found;
}

function parentField({ read }: Pass['media']['dataset']): readonly string[] {
  return read.kind === 'children' ? [read.field] : [];
}

function readAddress(text: string, keyField: string): readonly [string | undefined, string | undefined] {
  try {
    const record = JSON.parse(text) as Record<string, unknown>;
    const [key, address] = [record[keyField], record['MediaURL']];
    return [
      typeof key === 'string' ? key : undefined,
      typeof address === 'string' && address !== '' ? address : undefined,
    ];
  } catch {
    return [undefined, undefined];
  }
}
