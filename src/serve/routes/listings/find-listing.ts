import type { Session } from '../../../db/pool.ts';
import { RequestError } from '../../request-error.ts';
import type { ListingColumn } from './column.ts';
import { type ListingRecord, readRecords } from './read-records.ts';

const NO_COLUMNS: readonly ListingColumn[] = [{ name: 'listing_key', kind: 'text', help: '', isKey: true }];

/** Reads a listing that may be shown. @throws RequestError (404) if there is none, in the same words if it is hidden. */
export async function findListing(
  database: Session,
  key: string,
  columns: readonly ListingColumn[] = NO_COLUMNS,
): Promise<ListingRecord> {
  const [found] = await readRecords(database, [key], columns);
  if (found?.isShown === true) return found;
  throw new RequestError(404, 'not_found', 'there is no such listing');
}
