import { existingTables } from '../../db/existing-tables.ts';
import { chunk } from '../../lib/chunk.ts';
import { ImplausibleDataError } from '../../errors.ts';
import { quote } from '../../load/statement.ts';
import {
  clearStagedMatches,
  type ListingAddress,
  type ParcelAddress,
  type ParcelMatch,
  publishMatches,
  readListingsOf,
  readNewestListing,
  readNewestYear,
  readParcels,
  readParcelsAt,
  stageMatches,
} from '../../record/parcel.ts';
import type { Watermark } from '../../record/watermark.ts';
import type { ParcelMatching, ParcelNumberFormat } from '../../sources/release.ts';
import type { ActiveRun } from '../active-run.ts';
import { commitFenced, keepWatermark } from '../fence.ts';
import { decideMatch, type MatchMethod, type ParcelCandidate } from './decide-match.ts';
import { type AddressParts, normalizeAddress, normalizeParcelNumbers } from './normalize.ts';

/** Listings that are matched at a time. */
const MAX_LISTINGS = 1000;

/** House numbers in one query. */
const MAX_PLACES = 200;

/** What became of a county's listings. */
export type MatchReport = {
  readonly listings: number;
  readonly ambiguous: number;
  readonly byMethod: Readonly<Partial<Record<MatchMethod, number>>>;
};

/**
 * Matches all listings of a county with its accounts, and replaces the matches of the source in one transaction. The newest
 * listing is stored as the source's checkpoint: `matchNewListings` continues after it.
 * @returns undefined if there are no listings or accounts to match.
 * @throws ImplausibleDataError if fewer than `minPercent` match; the earlier matches stay.
 */
export async function matchParcels(
  active: ActiveRun,
  matching: ParcelMatching,
): Promise<MatchReport | undefined> {
  const { connection, tools } = active;
  const source = tools.source.id;
  const known = await existingTables(connection, ['properties', matching.table]);
  if (known.size < 2) return undefined;
  const year = await readNewestYear(connection, quote(matching.table));
  if (year === undefined) return undefined;
  await commitFenced(active, { name: source }, keepWatermark, (session) =>
    clearStagedMatches(session, source),
  );
  const counties = lowerCase(matching.counties);
  const newest = await readNewestListing(connection);
  const move = (watermark: Watermark): Watermark => ({ ...watermark, cursor: newest });
  let report: MatchReport = { listings: 0, ambiguous: 0, byMethod: {} };
  for (let after = ''; ;) {
    const listings = await readListingsOf(connection, counties, after, MAX_LISTINGS);
    if (listings.length === 0) break;
    after = listings.at(-1)!.listing_key;
    const { matches, ambiguous } = await matchListings(active, matching, year, listings);
    await commitFenced(active, { name: source }, keepWatermark, (session) =>
      stageMatches(session, source, matches),
    );
    report = addMatches(report, listings.length, ambiguous, matches);
    tools.signal.throwIfAborted();
  }
  if (report.listings === 0 || !isPlausible(matching, report)) {
    await commitFenced(active, { name: source }, move, async () => undefined);
    if (report.listings === 0) return undefined;
    refuseMatches(source, matching, report);
  }
  await commitFenced(active, { name: source }, move, (session, _, at) => publishMatches(session, source, at));
  tools.log.main.info({ source, ...report }, 'matched listings with parcels');
  return report;
}

export function lowerCase(names: readonly string[]): string[] {
  return names.map((name) => name.toLowerCase());
}

type DescribedListing = {
  readonly listing: ListingAddress;
  readonly numbers: readonly string[];
  readonly address: AddressParts;
};

/** Finds the accounts of some listings, without storing them. */
export async function matchListings(
  active: ActiveRun,
  { table, number: format }: ParcelMatching,
  year: number,
  listings: readonly ListingAddress[],
): Promise<{ readonly matches: readonly ParcelMatch[]; readonly ambiguous: number }> {
  const name = quote(table);
  const named = listings.map((listing) => describeListing(format, listing));
  const byAccount = await findByAccount(active, name, year, named);
  const numberedOf = (numbers: readonly string[]): ParcelCandidate[] =>
    numbers.flatMap((each) => byAccount.get(each) ?? []);
  const lost = named.filter(({ numbers }) => numberedOf(numbers).length === 0);
  const byPlace = await findByPlace(active, name, year, lost);
  const matches: ParcelMatch[] = [];
  let ambiguous = 0;
  for (const { listing, numbers, address } of named) {
    const near = byPlace.get(placeOf(address)) ?? [];
    const result = decideMatch({ numbered: numberedOf(numbers), near, address });
    if (result === 'ambiguous') ambiguous += 1;
    if (typeof result === 'string') continue;
    const { listing_key: listingKey, parcel_number: parcelNumber } = listing;
    matches.push({ listingKey, parcelNumber, year, ...result });
  }
  return { matches, ambiguous };
}

function describeListing(format: ParcelNumberFormat, listing: ListingAddress): DescribedListing {
  const { street_number: number, street_name: street, unit_number: unit, postal_code: zip } = listing;
  return {
    listing,
    numbers: normalizeParcelNumbers(format, listing.parcel_number),
    address: normalizeAddress({ number, street, unit, zip }),
  };
}

/** Finds the accounts that listings name. */
async function findByAccount(
  { connection }: ActiveRun,
  table: string,
  year: number,
  listings: readonly DescribedListing[],
): Promise<ReadonlyMap<string, ParcelCandidate>> {
  const accounts = [...new Set(listings.flatMap(({ numbers }) => numbers))];
  const found = new Map<string, ParcelCandidate>();
  for (const some of chunk(accounts, MAX_LISTINGS)) {
    const parcels = await readParcels(connection, table, year, some);
    for (const parcel of parcels) found.set(parcel.account, toCandidate(parcel));
  }
  return found;
}

/** Finds the accounts at the house numbers and zips of listings. */
async function findByPlace(
  { connection }: ActiveRun,
  table: string,
  year: number,
  listings: readonly DescribedListing[],
): Promise<ReadonlyMap<string, readonly ParcelCandidate[]>> {
  const places = new Map(
    listings
      .filter(({ address: { number, zip } }) => number !== '' && zip !== '')
      .map(({ address }) => [placeOf(address), address]),
  );
  const found = new Map<string, ParcelCandidate[]>();
  for (const some of chunk([...places.values()], MAX_PLACES)) {
    for (const parcel of await readParcelsAt(connection, table, year, some)) {
      const candidate = toCandidate(parcel);
      const place = placeOf(candidate.address);
      found.set(place, [...(found.get(place) ?? []), candidate]);
    }
  }
  return found;
}

function placeOf({ number, zip }: Pick<AddressParts, 'number' | 'zip'>): string {
  return `${number} ${zip}`;
}

function toCandidate(parcel: ParcelAddress): ParcelCandidate {
  const { account, street_number: number, street_name: street, unit, postal_code: zip } = parcel;
  return { account, address: normalizeAddress({ number, street, unit, zip }) };
}

export function addMatches(
  report: MatchReport,
  listings: number,
  ambiguous: number,
  matches: readonly ParcelMatch[],
): MatchReport {
  const byMethod: Record<string, number> = { ...report.byMethod };
  for (const { method } of matches) byMethod[method] = (byMethod[method] ?? 0) + 1;
  return { listings: report.listings + listings, ambiguous: report.ambiguous + ambiguous, byMethod };
}

export function countMatched({ byMethod }: MatchReport): number {
  return Object.values(byMethod).reduce((sum, count) => sum + count, 0);
}

function isPlausible({ minPercent }: ParcelMatching, report: MatchReport): boolean {
  return (100 * countMatched(report)) / report.listings >= minPercent;
}

/** @throws ImplausibleDataError */
function refuseMatches(source: string, { minPercent }: ParcelMatching, report: MatchReport): never {
  const matched = countMatched(report);
  const share = (100 * matched) / report.listings;
  throw new ImplausibleDataError(
    `${source}: only ${matched} of ${report.listings} listings match an account (${share.toFixed(1)} %, at least ${minPercent} % is expected): the earlier matches stay`,
    {
      op: 'match parcels',
      hint: `compare parcel_number of some listings with the accounts; min_match_percent of ${source} in sources.yaml sets the limit`,
    },
  );
}
