import type { Json } from '../../../sources/items.ts';
import type { Entry } from '../data/entry.ts';
import { readWhole } from './page.ts';

/** Of FRED: fred.stlouisfed.org/docs/api/fred/series_observations.html. */
const MAX_LIMIT = 100_000;

/**
 * Answers like FRED's series/observations: `observation_start`, `sort_order`, `offset`, `limit`. A missing value is `.`.
 * @returns the name of a parameter that it cannot read.
 */
export function answerFred(
  entries: readonly Entry[],
  query: URLSearchParams,
  now: number,
): Json | { readonly refused: string } {
  const limit = readWhole(query, 'limit', MAX_LIMIT);
  const offset = readWhole(query, 'offset', 0);
  const start = query.get('observation_start') ?? '1776-07-04';
  if (limit === undefined || limit < 1 || limit > MAX_LIMIT) return { refused: 'limit' };
  if (offset === undefined) return { refused: 'offset' };
  if (!/^\d{4}-\d\d-\d\d$/.test(start)) return { refused: 'observation_start' };
  const today = new Date(now).toISOString().slice(0, 10);
  const all = entries
    .filter(({ key }) => key >= start)
    .map(({ record }) => ({ realtime_start: today, realtime_end: today, ...record }));
  if (query.get('sort_order') === 'desc') all.reverse();
  return {
    realtime_start: today,
    realtime_end: today,
    observation_start: start,
    observation_end: '9999-12-31',
    units: 'lin',
    output_type: 1,
    file_type: 'json',
    order_by: 'observation_date',
    sort_order: query.get('sort_order') ?? 'asc',
    count: all.length,
    offset,
    limit,
    observations: all.slice(offset, offset + limit),
  };
}
