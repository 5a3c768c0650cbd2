import type { Session } from '../db/pool.ts';
import { fromSqlDateTime, MINUTE_MS } from '../lib/time.ts';
import { readPurgedTo } from '../record/purged-to.ts';
import { isMissingTable } from './describe-failure.ts';
import type { Order } from './list/keyset.ts';
import type { PagePlace } from './list/read-list.ts';
import { RequestError } from './request-error.ts';
import type { Answer } from './route.ts';

/**
 * How long a change may be invisible after its `updated_at`: a transaction sets the time of its rows and is committed seconds
 * later, and the clock of the loading machine may be ahead. The next copy reads these minutes again.
 */
export const LATE_MS = 2 * MINUTE_MS;

/**
 * The `updated_after` with which the next copy starts, on the last page of this one: when its first page was read. A page of
 * another order, or one whose predecessors were counted instead of read by cursor, proves nothing about the pages before.
 * @param updatedAfter DATETIME(3) text.
 */
export function describeNextCopy(
  updatedAfter: string | undefined,
  { column, direction }: Order,
  { pagination, startedAt }: PagePlace,
): Pick<Answer, 'nextUpdatedAfter'> {
  const isComplete = column === 'updated_at' && direction === 'asc' && !pagination.has_next;
  if (updatedAfter === undefined || startedAt === undefined || !isComplete) return {};
  const next = Math.max(fromSqlDateTime(updatedAfter), startedAt - LATE_MS);
  return { nextUpdatedAfter: new Date(next).toISOString() };
}

/** The `updated_after` of a new copy. */
const BEGINNING = '1970-01-01T00:00:00Z';

/**
 * Refuses to continue a copy that could miss deletions, because their tombstones were purged. A new copy has nothing that was
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
    `deletions up to ${new Date(fromSqlDateTime(purgedTo)).toISOString()} are no longer known, so this copy may have missed some: delete it, ` +
      `and start a new one with updated_after=${BEGINNING}`,
    'updated_after',
  );
}

/** After an upgrade the first run creates the table. */
function ignoreMissingTable(error: unknown): undefined {
  if (!isMissingTable(error)) throw error;
}
