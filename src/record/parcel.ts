import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import { normalizeSqlDateTime } from '../lib/time.ts';
import type { Cursor } from '../model/cursor.ts';

/** What a listing is matched by. */
export type ListingAddress = {
  readonly listing_key: string;
  readonly parcel_number: string | null;
  readonly street_number: string | null;
  readonly street_name: string | null;
  readonly unit_number: string | null;
  readonly postal_code: string | null;
};

/** Reads the listings of some counties, in the order of their keys. @param counties in lower case. */
export async function readListingsOf(
  session: Session,
  counties: readonly string[],
  after: string,
  limit: number,
): Promise<ListingAddress[]> {
  return session.select<ListingAddress>(
    'SELECT listing_key, parcel_number, street_number, street_name, unit_number, postal_code FROM properties ' +
      `WHERE listing_key > ? AND deleted_at IS NULL AND LOWER(county_or_parish) IN (${placeholders(counties.length)}) ` +
      `ORDER BY listing_key LIMIT ${Math.trunc(limit)}`,
    [after, ...counties],
  );
}

/** Reads the place of the newest listing, in the order of `readNewListings`; undefined if there are none. */
export async function readNewestListing(session: Session): Promise<Cursor | undefined> {
  const [row] = await session.select<ListingPlace>(
    'SELECT modification_timestamp, listing_key FROM properties ORDER BY modification_timestamp DESC, listing_key DESC LIMIT 1',
  );
  return row === undefined ? undefined : toPlace(row);
}

type ListingPlace = { readonly modification_timestamp: string; readonly listing_key: string };

function toPlace(row: ListingPlace): Required<Cursor> {
  return { timestamp: normalizeSqlDateTime(row.modification_timestamp), key: row.listing_key };
}

/** A listing, and its place in the order of changes. */
export type NewListing = ListingAddress & { readonly place: Cursor };

/** Reads listings of some counties that changed after a place, oldest first. @param counties in lower case. */
export async function readNewListings(
  session: Session,
  counties: readonly string[],
  { timestamp, key = '' }: Cursor,
  limit: number,
): Promise<NewListing[]> {
  const rows = await session.select<ListingAddress & ListingPlace>(
    'SELECT listing_key, parcel_number, street_number, street_name, unit_number, postal_code, modification_timestamp FROM properties ' +
      'WHERE modification_timestamp >= ? AND (modification_timestamp > ? OR listing_key > ?) AND deleted_at IS NULL ' +
      `AND LOWER(county_or_parish) IN (${placeholders(counties.length)}) ` +
      `ORDER BY modification_timestamp, listing_key LIMIT ${Math.trunc(limit)}`,
    [timestamp, timestamp, key, ...counties],
  );
  return rows.map((row) => ({ ...row, place: toPlace(row) }));
}

/** An account, and what it is found by. */
export type ParcelAddress = {
  readonly account: string;
  readonly tax_year: number;
  readonly street_number: string | null;
  readonly street_name: string | null;
  readonly unit: string | null;
  readonly postal_code: string | null;
};

const PARCEL_COLUMNS = 'account, tax_year, street_number, street_name, unit, postal_code';

/** Reads accounts by their number, of the newest year. @param table the quoted name of the table of accounts. */
export async function readParcels(
  session: Session,
  table: string,
  year: number,
  accounts: readonly string[],
): Promise<ParcelAddress[]> {
  if (accounts.length === 0) return [];
  return session.select<ParcelAddress>(
    `SELECT ${PARCEL_COLUMNS} FROM ${table} WHERE tax_year = ? AND account IN (${placeholders(accounts.length)})`,
    [String(year), ...accounts],
  );
}

/** Reads the accounts at house numbers, each with its five-digit zip. Zips of accounts may have four more digits. */
export async function readParcelsAt(
  session: Session,
  table: string,
  year: number,
  places: readonly { readonly zip: string; readonly number: string }[],
): Promise<ParcelAddress[]> {
  if (places.length === 0) return [];
  const tests = places.map(() => '(postal_code >= ? AND postal_code < ? AND street_number = ?)').join(' OR ');
  return session.select<ParcelAddress>(
    `SELECT ${PARCEL_COLUMNS} FROM ${table} WHERE tax_year = ? AND (${tests})`,
    [String(year), ...places.flatMap(({ zip, number }) => [zip, `${zip}~`, number])],
  );
}

/** Reads the newest year of the accounts; undefined if there are none. */
export async function readNewestYear(session: Session, table: string): Promise<number | undefined> {
  const [row] = await session.select<{ year: number | null }>(`SELECT MAX(tax_year) AS year FROM ${table}`);
  return row?.year === null || row === undefined ? undefined : row.year;
}

export type ParcelMatch = {
  readonly listingKey: string;
  readonly account: string;
  readonly year: number;
  readonly method: string;
  readonly score: number;
  readonly parcelNumber: string | null;
};

export async function clearStagedMatches(session: Session, source: string): Promise<void> {
  await session.run('DELETE FROM etl_parcel_stage WHERE source = ?', [source]);
}

export async function stageMatches(
  session: Session,
  source: string,
  matches: readonly ParcelMatch[],
): Promise<void> {
  if (matches.length === 0) return;
  await session.run(
    'INSERT INTO etl_parcel_stage (source, listing_key, account, tax_year, method, score, parcel_number) VALUES ' +
      matches.map(() => '(?, ?, ?, ?, ?, ?, ?)').join(', '),
    matches.flatMap((each) => valuesOf(source, each)),
  );
}

/** The values of a match, in the order of both tables' columns. */
function valuesOf(source: string, match: ParcelMatch): (string | null)[] {
  const { listingKey, account, year, method, score, parcelNumber } = match;
  return [source, listingKey, account, String(year), method, score.toFixed(4), parcelNumber];
}

/** Replaces the matches of a source with the staged ones. Rows that did not change are not written. */
export async function publishMatches(session: Session, source: string, at: string): Promise<void> {
  await session.run(
    'DELETE known FROM parcel_match AS known LEFT JOIN etl_parcel_stage AS fresh ON fresh.source = known.source ' +
      'AND fresh.listing_key = known.listing_key WHERE known.source = ? AND fresh.listing_key IS NULL',
    [source],
  );
  await session.run(
    'INSERT INTO parcel_match (source, listing_key, account, tax_year, method, score, parcel_number, matched_at) ' +
      'SELECT fresh.source, fresh.listing_key, fresh.account, fresh.tax_year, fresh.method, fresh.score, fresh.parcel_number, ? ' +
      'FROM etl_parcel_stage AS fresh LEFT JOIN parcel_match AS known ON known.source = fresh.source AND known.listing_key = fresh.listing_key ' +
      'WHERE fresh.source = ? AND NOT (known.account <=> fresh.account AND known.tax_year <=> fresh.tax_year AND known.method <=> fresh.method ' +
      'AND known.score <=> fresh.score AND known.parcel_number <=> fresh.parcel_number) ' +
      'ON DUPLICATE KEY UPDATE account = VALUES(account), tax_year = VALUES(tax_year), method = VALUES(method), ' +
      'score = VALUES(score), parcel_number = VALUES(parcel_number), matched_at = VALUES(matched_at)',
    [at, source],
  );
  await clearStagedMatches(session, source);
}

/** Replaces the matches of these listings: those without a match have none afterwards. */
export async function replaceMatches(
  session: Session,
  source: string,
  keys: readonly string[],
  matches: readonly ParcelMatch[],
  at: string,
): Promise<void> {
  const matched = new Set(matches.map(({ listingKey }) => listingKey));
  const others = keys.filter((key) => !matched.has(key));
  if (others.length > 0) {
    await session.run(
      `DELETE FROM parcel_match WHERE source = ? AND listing_key IN (${placeholders(others.length)})`,
      [source, ...others],
    );
  }
  if (matches.length === 0) return;
  await session.run(
    'INSERT INTO parcel_match (source, listing_key, account, tax_year, method, score, parcel_number, matched_at) VALUES ' +
      `${matches.map(() => '(?, ?, ?, ?, ?, ?, ?, ?)').join(', ')} ON DUPLICATE KEY UPDATE account = VALUES(account), ` +
      'tax_year = VALUES(tax_year), method = VALUES(method), score = VALUES(score), parcel_number = VALUES(parcel_number), ' +
      'matched_at = VALUES(matched_at)',
    matches.flatMap((each) => [...valuesOf(source, each), at]),
  );
}

/** Counts the listings of some counties. @param counties in lower case. */
export async function countListingsOf(session: Session, counties: readonly string[]): Promise<number> {
  const [row] = await session.select<{ n: number }>(
    `SELECT COUNT(*) AS n FROM properties WHERE deleted_at IS NULL AND LOWER(county_or_parish) IN (${placeholders(counties.length)})`,
    counties,
  );
  return row?.n ?? 0;
}

/** Reads when a match of a source last changed, `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export async function readLastMatched(session: Session, source: string): Promise<string | null> {
  const [row] = await session.select<{ at: string | null }>(
    'SELECT MAX(matched_at) AS at FROM parcel_match WHERE source = ?',
    [source],
  );
  return row?.at ?? null;
}

/** Counts the matches of a source by method. */
export async function countMatches(session: Session, source: string): Promise<ReadonlyMap<string, number>> {
  const rows = await session.select<{ method: string; n: number }>(
    'SELECT method, COUNT(*) AS n FROM parcel_match WHERE source = ? GROUP BY method ORDER BY n DESC',
    [source],
  );
  return new Map(rows.map(({ method, n }) => [method, n]));
}
