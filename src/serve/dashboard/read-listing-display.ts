import type { Session } from '../../db/pool.ts';
import { IS_SHOWN } from '../listing-display.ts';
import { SHOWS_ADDRESS } from './search/find-records.ts';

/** What the licence lets be shown of a listing. */
export type ListingDisplay = {
  readonly showsListing: boolean;
  readonly showsAddress: boolean;
  /** Null: it has none, or it must not be shown. */
  readonly address: string | null;
};

/** Reads it; nothing is shown of records that are no stored listing. */
export async function readListingDisplay(
  database: Session,
  resource: string,
  key: string,
): Promise<ListingDisplay> {
  const nothing = { showsListing: false, showsAddress: false, address: null };
  if (resource !== 'Property') return nothing;
  const [row] = await database.select<{ address: string | null; isShown: number; hasAddress: number }>(
    `SELECT unparsed_address AS address, (${IS_SHOWN}) AS isShown, ${SHOWS_ADDRESS} AS hasAddress FROM properties WHERE listing_key = ?`,
    [key],
  );
  if (row === undefined) return nothing;
  const showsAddress = row.hasAddress === 1;
  return { showsListing: row.isShown === 1, showsAddress, address: showsAddress ? row.address : null };
}
