import type { Session } from '../../db/pool.ts';
import { IS_SHOWN } from '../listing-display.ts';
import { SHOWS_ADDRESS } from './search/find-records.ts';

/** What the licence lets be shown of a listing. */
export type ListingDisplay = { readonly address: string | null; readonly showsListing: boolean };

/** Reads it; nothing is shown of records that are no stored listing. */
export async function readListingDisplay(
  database: Session,
  resource: string,
  key: string,
): Promise<ListingDisplay> {
  const nothing = { address: null, showsListing: false };
  if (resource !== 'Property') return nothing;
  const [row] = await database.select<{ address: string | null; isShown: number }>(
    `SELECT IF(${SHOWS_ADDRESS}, unparsed_address, NULL) AS address, ` +
      `(${IS_SHOWN}) AS isShown FROM properties WHERE listing_key = ?`,
    [key],
  );
  return row === undefined ? nothing : { address: row.address, showsListing: row.isShown === 1 };
}
