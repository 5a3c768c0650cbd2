import { existingTables } from '../../db/existing-tables.ts';
import type { Session } from '../../db/pool.ts';
import { quote } from '../../load/statement.ts';
import { type ListingParcel, readListingParcel } from '../../record/listing-parcel.ts';
import type { ParcelMatching } from '../../sources/release.ts';

/** Reads the account of a listing; undefined if no release is published, or the listing is in another county. */
export async function readMatchedParcel(
  session: Session,
  source: string,
  { table, counties }: ParcelMatching,
  key: string,
): Promise<ListingParcel | undefined> {
  if ((await existingTables(session, [table])).size === 0) return undefined;
  const county = { table: quote(table), counties: counties.map((name) => name.toLowerCase()) };
  return readListingParcel(session, source, county, key);
}
