import type { Answer } from './send.ts';

type Headers = Answer['headers'];

/** The server's time in milliseconds since the epoch, by its header `Date`. */
export function dateOf(headers: Headers): number | undefined {
  const date = Date.parse(headers['date'] ?? '');
  return Number.isNaN(date) ? undefined : date;
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
