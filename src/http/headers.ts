import type { Answer } from './send.ts';

type Headers = Answer['headers'];

/** The end of the year 9999, in milliseconds since the epoch: what a DATETIME of a database holds. */
const LAST_MS = 253_402_300_799_000;

/** The server's time in milliseconds since the epoch, by its header `Date`; undefined before 1970 and after 9999. */
export function dateOf(headers: Headers): number | undefined {
  const date = Date.parse(headers['date'] ?? '');
  return date >= 0 && date <= LAST_MS ? date : undefined;
}

/** `Retry-After` in milliseconds, in either form; a date counts from the answer's own `Date`. */
export function retryAfter({ headers }: Pick<Answer, 'headers'>): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(value.trim())) return Math.round(Number(value) * 1000);
  const until = Date.parse(value);
  const from = dateOf(headers);
  return Number.isNaN(until) || from === undefined ? undefined : Math.max(0, until - from);
}
