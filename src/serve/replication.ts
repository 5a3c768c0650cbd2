import { fromSqlDateTime, MINUTE_MS } from '../lib/time.ts';
import type { Order } from './list/keyset.ts';
import type { PagePlace } from './list/read-list.ts';
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
