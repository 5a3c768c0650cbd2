import { fromSqlDateTime, MINUTE_MS } from '../lib/time.ts';
import type { Pagination } from './list/page.ts';
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
