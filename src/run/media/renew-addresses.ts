import { withSelect } from '../../dataset/reading.ts';
import { MINUTE_MS } from '../../lib/time.ts';
import { recordText } from '../../transform/scan-record.ts';
import { splitIntoRequests } from '../pack.ts';
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
 * @throws what the feed throws for a request.
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
  const found = new Map<string, string>();
  if (feed.children === undefined || due.length === 0) return found;
  const dataset = withSelect(media.dataset, [media.dataset.key, ...parentField(media.dataset), 'MediaURL']);
  for (const keys of splitIntoRequests(due, LISTINGS)) {
    for await (const { records } of feed.children(dataset, keys, signal)) {
      for (const record of records) {
        const [key, address] = readAddress(recordText(record), media.dataset.key);
        if (key !== undefined && address !== undefined) found.set(key, address);
      }
    }
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
