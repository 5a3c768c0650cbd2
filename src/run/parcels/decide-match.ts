import type { AddressParts } from './normalize.ts';

/** How a listing was matched: what the account and the listing have in common. */
export type MatchMethod = 'number' | 'address' | 'address-without-unit';

/** The certainty of each method, from 0 to 1. A number and an address that agree are certain. */
const SCORES: Readonly<Record<MatchMethod, number>> = {
  number: 0.95,
  address: 0.9,
  'address-without-unit': 0.6,
};

export type ParcelCandidate = { readonly account: string; readonly address: AddressParts };

export type ListingCandidate = {
  /** Accounts that its parcel numbers name, and that exist. */
  readonly numbered: readonly ParcelCandidate[];
  /** Accounts with its house number and zip. */
  readonly near: readonly ParcelCandidate[];
  readonly address: AddressParts;
};

export type MatchResult =
  | { readonly account: string; readonly method: MatchMethod; readonly score: number }
  | 'ambiguous'
  | 'none';

/** Decides which account a listing belongs to. Several accounts that fit equally well are no match. */
export function decideMatch({ numbered, near, address }: ListingCandidate): MatchResult {
  const [first] = numbered;
  if (numbered.length === 1 && first !== undefined) {
    const agrees = isSamePlace(first.address, address);
    return { account: first.account, method: 'number', score: agrees ? 1 : SCORES.number };
  }
  // Several lots that are sold together: the one with the listing's address, if there is exactly one.
  const pool = numbered.length > 1 ? numbered : near;
  const byAddress = decideByAddress(pool, address);
  if (byAddress !== 'none') return byAddress;
  return numbered.length > 1 ? 'ambiguous' : 'none';
}

function decideByAddress(pool: readonly ParcelCandidate[], address: AddressParts): MatchResult {
  if (address.number === '' || address.street === '' || address.zip === '') return 'none';
  const places = pool.filter((each) => isSamePlace(each.address, address));
  if (places.length === 0) return 'none';
  const exact = places.filter((each) => each.address.unit === address.unit);
  if (exact.length === 1) return toMatch(exact[0]!, 'address');
  if (exact.length > 1) return 'ambiguous';
  // One side has a unit, the other has none: it is a match only if nothing else is at the address.
  const isLoose = places.length === 1 && (address.unit === '' || places[0]!.address.unit === '');
  return isLoose ? toMatch(places[0]!, 'address-without-unit') : 'ambiguous';
}

function toMatch({ account }: ParcelCandidate, method: MatchMethod): MatchResult {
  return { account, method, score: SCORES[method] };
}

function isSamePlace(one: AddressParts, other: AddressParts): boolean {
  return one.number === other.number && one.street === other.street && one.zip === other.zip;
}
