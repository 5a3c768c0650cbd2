import { DAY_MS } from '../../../lib/time.ts';
import { parsePreciseInstant } from '../instant.ts';
import { createRandom } from '../random.ts';
import { type SandboxRecord, readText } from '../record.ts';
import { makeListing } from './listing.ts';
import { makeMedia } from './media.ts';
import { addOddity } from './oddities.ts';

/** All base data has timestamps before this instant. */
export const EPOCH = Date.UTC(2026, 2, 20);

const START = EPOCH - 709 * DAY_MS;
const BIG_TIE_LISTINGS = 1203;

export type BaseData = {
  readonly seed: number;
  readonly listings: number;
  readonly mediaPerListing: number;
  readonly oddValues: boolean;
};

/** The last change of the listing with this index: later than its predecessor's, or equal to it (a tie). */
export function changeTimeOf(base: BaseData, index: number): number {
  const step = (EPOCH - START) / (base.listings + 1);
  const place = tieStartOf(base.listings, index);
  return Math.floor(START + step * (place + createRandom(base.seed, 'at', place).next() * 0.9));
}

/** Counts the media of the listing with this index: each pair of listings shares twice the average. */
export function countMedia(base: BaseData, index: number): number {
  const pair = index >>> 1;
  const most = base.mediaPerListing * 2;
  const both = Math.round((pair + 1) * most) - Math.round(pair * most);
  if (index === base.listings - 1 && index % 2 === 0) return Math.round(base.mediaPerListing);
  const first = createRandom(base.seed, 'photos', pair).int(0, both);
  return index % 2 === 0 ? first : both - first;
}

/** Makes a listing and its media; `number` is that of the first media. */
export function listingWithChildren(
  base: BaseData,
  index: number,
  at: number,
  photos: number,
  number: number,
): [SandboxRecord, SandboxRecord[]] {
  const record = makeListing(base.seed, index, at, photos);
  const photographed = parsePreciseInstant(readText(record, 'PhotosChangeTimestamp')) ?? at;
  const media = Array.from({ length: photos }, (_, i) =>
    makeMedia(base.seed, number + i, record, i + 1, photographed),
  );
  return [base.oddValues ? addOddity(record, index) : record, media];
}

/** The first index of the tie that this index belongs to; the index itself if it is in no tie. */
function tieStartOf(listings: number, index: number): number {
  const big = Math.floor(listings * 0.4);
  if (listings >= 5000 && index >= big && index < big + BIG_TIE_LISTINGS) return big;
  const tens = index - (index % 10);
  return index - tens < 3 ? tens : index;
}
