import { DAY, instantOf } from '../instant.ts';
import { random } from '../random.ts';
import { type Rec, textIn } from '../record.ts';
import { listing } from './listing.ts';
import { medium } from './media.ts';
import { odd } from './odd.ts';

/** All of the base data changed before this instant. */
export const EPOCH = Date.UTC(2026, 2, 20);

const START = EPOCH - 709 * DAY;
const BIG_TIE = 1203;

export type Base = {
  readonly seed: number;
  readonly listings: number;
  readonly mediaPerListing: number;
  readonly oddValues: boolean;
};

/** When the listing with this index changed last: later than its predecessor, or in one tie with it. */
export function changedAt(base: Base, index: number): number {
  const step = (EPOCH - START) / (base.listings + 1);
  const place = tied(base.listings, index);
  return Math.floor(START + step * (place + random(base.seed, 'at', place).next() * 0.9));
}

/** How many media the listing with this index has: pairs of listings share twice the average. */
export function mediaOf(base: Base, index: number): number {
  const pair = index >>> 1;
  const most = base.mediaPerListing * 2;
  const both = Math.round((pair + 1) * most) - Math.round(pair * most);
  if (index === base.listings - 1 && index % 2 === 0) return Math.round(base.mediaPerListing);
  const first = random(base.seed, 'photos', pair).int(0, both);
  return index % 2 === 0 ? first : both - first;
}

/** A listing and its media. `number` is the first media's. */
export function household(
  base: Base,
  index: number,
  at: number,
  photos: number,
  number: number,
): [Rec, Rec[]] {
  const plain = listing(base.seed, index, at, photos);
  const photographed = instantOf(textIn(plain, 'PhotosChangeTimestamp')) ?? at;
  const media = Array.from({ length: photos }, (_, i) =>
    medium(base.seed, number + i, plain, i + 1, photographed),
  );
  return [base.oddValues ? odd(plain, index) : plain, media];
}

/** The first index of the tie that this one is in, or itself. */
function tied(listings: number, index: number): number {
  const big = Math.floor(listings * 0.4);
  if (listings >= 5000 && index >= big && index < big + BIG_TIE) return big;
  const tens = index - (index % 10);
  return index - tens < 3 ? tens : index;
}
