import { chunk } from '../lib/chunk.ts';
import type { StaleParent } from '../record/stale-parents.ts';

/** Characters of keys in one request. Another client sends URLs of up to 7,168 characters; the rest of the URL needs some. */
const MAX_CHARACTERS = 5000;

/** Two quotes and a comma are sent as three characters each. */
function encodedLengthOf(key: string): number {
  return encodeURIComponent(key).length + 9;
}

/** Splits keys into lists that fit into one request each. */
export function splitIntoRequests(keys: readonly string[], maxKeys = 900): string[][] {
  return chunk(keys, maxKeys, MAX_CHARACTERS, encodedLengthOf);
}

/** Groups listings whose child records fit on one page together, by the feed's counts. */
export function packListings<Listing extends StaleParent>(
  listings: readonly Listing[],
  pageSize: number,
): Listing[][] {
  const batches: Listing[][] = [];
  let batch: Listing[] = [];
  let records = 0;
  let characters = 0;
  for (const listing of listings) {
    const expected = Math.max(1, listing.count ?? 1);
    const length = encodedLengthOf(listing.key);
    if (batch.length > 0 && (records + expected > pageSize || characters + length > MAX_CHARACTERS)) {
      batches.push(batch);
      batch = [];
      records = 0;
      characters = 0;
    }
    batch.push(listing);
    records += expected;
    characters += length;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
