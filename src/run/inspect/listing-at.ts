import type { Session } from '../../db/pool.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { trackedFields } from '../../load/changes.ts';
import { readListingChanges, readListingDeletions, readTrackedValues } from '../../record/history.ts';
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
    row: await readTrackedValues(session, listings.table, fields, key),
    changes: await readListingChanges(session, key),
    deletions: await readListingDeletions(session, key),
  };
  return reconstructState(
    known,
    fields.map(({ name }) => name),
    at,
  );
}
