import type { Session } from '../../db/pool.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { trackedFields } from '../../load/changes.ts';
import { changesOfListing, deletionsOfListing, readWatched } from '../../record/history.ts';
import { type ListingState, reconstructState } from './state-at.ts';

/**
 * Reads the stored state of a listing at a time.
 * @param at `YYYY-MM-DD hh:mm:ss.mmm` UTC.
 */
export async function readListingAt(
  session: Session,
  listings: Dataset,
  key: string,
  at: string,
): Promise<ListingState> {
  const fields = trackedFields(listings).map(({ field }) => field);
  const known = {
    row: await readWatched(session, listings.table, fields, key),
    changes: await changesOfListing(session, key),
    deletions: await deletionsOfListing(session, key),
  };
  return reconstructState(
    known,
    fields.map(({ name }) => name),
    at,
  );
}
