import type { Session } from '../db/pool.ts';
import { fromSqlDateTime, MINUTE_MS } from '../lib/time.ts';
import { readPurgedTo } from '../record/purge.ts';
import type { Pagination } from './list/page.ts';
import { isMissingTable } from './describe-failure.ts';
import { RequestError } from './request-error.ts';
import type { Answer } from './route.ts';

/**
 * How long a change may be invisible after its `updated_at`: a transaction sets the time of its rows and is committed seconds
 * later, and the clock of the loading machine may be ahead. The next copy reads these minutes again.
 */
export const LATE_MS = 2 * MINUTE_MS;

/**
 * The `updated_after` with which the next copy starts, on the last page of this one. Rows that change during the copy move to
 * its end, so that only the last page knows how far it came.
 * @param updatedAfter DATETIME(3) text. @param now milliseconds.
 */
export function describeNextCopy(
  updatedAfter: string | undefined,
  { has_next: hasNext }: Pagination,
  now: number,
): Pick<Answer, 'nextUpdatedAfter'> {
  if (updatedAfter === undefined || hasNext) return {};
  const next = Math.max(fromSqlDateTime(updatedAfter), now - LATE_MS);
  return { nextUpdatedAfter: new Date(next).toISOString() };
}

/** The `updated_after` of a new copy. */
const BEGINNING = '1970-01-01T00:00:00Z';

/**
 * Refuses to continue a copy that could miss deletions, because their tombstones were removed. A new copy has nothing that was
 * deleted.
 * @param updatedAfter DATETIME(3) text; undefined: no copy.
 * @throws RequestError (410)
 */
export async function refuseOldCopy(
  database: Session,
  dataset: string,
  updatedAfter: string | undefined,
): Promise<void> {
  if (updatedAfter === undefined || fromSqlDateTime(updatedAfter) <= Date.parse(BEGINNING)) return;
  const purgedTo = await readPurgedTo(database, dataset).catch(ignoreMissingTable);
  if (purgedTo === undefined || purgedTo < updatedAfter) return;
  throw new RequestError(
    410,
    'copy_too_old',
    `deletions up to ${new Date(fromSqlDateTime(purgedTo)).toISOString()} are no longer known: delete the copy, ` +
      `and start a new one with updated_after=${BEGINNING}`,
    'updated_after',
  );
}

/** After an upgrade the first run creates the table. */
function ignoreMissingTable(error: unknown): undefined {
  if (!isMissingTable(error)) throw error;
}
