import { readDate } from './headers.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * How long an answer stays fresh (RFC 9111, 4.2.1), in milliseconds: `max-age`, otherwise `Expires` after the answer's own `Date`.
 * Undefined: the server does not say, or it is not fresh at all.
 */
export function readFreshness(headers: Headers): number | undefined {
  const control = (headers['cache-control'] ?? '').toLowerCase();
  if (/(?:^|[\s,])no-(?:cache|store)(?:$|[\s,])/.test(control)) return undefined;
  const age = /(?:^|[\s,])max-age\s*=\s*"?(\d{1,10})/.exec(control)?.[1];
  if (age !== undefined) return positive(Number(age) * 1000);
  const [until, from] = [Date.parse(headers['expires'] ?? ''), readDate(headers)];
  return from === undefined ? undefined : positive(until - from);
}

/** `Expires: 0`: the server's validators do not show whether an answer changed. */
export function isAlwaysExpired(headers: Headers): boolean {
  return headers['expires']?.trim() === '0';
}

function positive(ms: number): number | undefined {
  return ms > 0 ? ms : undefined;
}
