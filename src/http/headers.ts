import type { Answer } from './send.ts';

type AnswerHeaders = Answer['headers'];

/** The end of the year 9999, in milliseconds since the epoch: the maximum of a DATETIME in the database. */
const MAX_DATE_MS = 253_402_300_799_000;

/** The server's time from its header `Date`, in milliseconds since the epoch; undefined before 1970 and after 9999. */
export function readDate(headers: AnswerHeaders): number | undefined {
  const date = Date.parse(headers['date'] ?? '');
  return date >= 0 && date <= MAX_DATE_MS ? date : undefined;
}

/** `Retry-After` in milliseconds, in either form. A date is compared with the answer's own `Date`. */
export function readRetryAfter({ headers }: Pick<Answer, 'headers'>): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(value.trim())) return Math.round(Number(value) * 1000);
  const until = Date.parse(value);
  const from = readDate(headers);
  return Number.isNaN(until) || from === undefined ? undefined : Math.max(0, until - from);
}
