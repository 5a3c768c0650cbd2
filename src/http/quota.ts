import { HOUR_MS } from '../lib/time.ts';

/**
 * Decides from an API's quota headers how long to wait. Pure; the policy around these decisions is in `with-quota.ts`.
 * Limits differ per connection and any header can be missing, so everything here is optional.
 */

/** One window of the quota, as an answer states it; `resetAt` is the end of the window on the API's clock. */
export type StatedWindow = {
  readonly limit?: number;
  readonly left?: number;
  readonly resetAt?: number;
};

export type StatedQuota = { readonly minute?: StatedWindow; readonly hour?: StatedWindow };

/** Reads an API's own headers (names in lower case). Must accept any text in them. */
export type ReadQuota = (headers: Readonly<Record<string, string>>) => StatedQuota;

/** The same on this machine's clock. */
export type QuotaWindow = StatedWindow & {
  /** When the answer arrived, on this machine's clock. */
  readonly at: number;
};

export type Quota = {
  readonly minute?: QuotaWindow;
  readonly hour?: QuotaWindow;
  /** Our own requests of the last minute: second of the epoch, number of requests. */
  readonly sent: readonly (readonly [second: number, count: number])[];
};

export type QuotaLimits = {
  /** Percentage of the hour's quota that is left for other clients on the same connection. */
  readonly reservePercent: number;
  /** Length of the minute window in milliseconds; differs from a minute in tests only. */
  readonly minute: number;
};

/** Allowance for a request's way to the server. */
const NETWORK_DELAY_MS = 1000;

export type QuotaWait = { readonly ms: number; readonly window: 'minute' | 'hour' };

/** Decides how long the next request must wait; undefined if it can be sent now. */
export function planWait(quota: Quota, limits: QuotaLimits, now: number): QuotaWait | undefined {
  const hour = planHourWait(quota.hour, limits, now);
  const minute = planMinuteWait(quota, limits, now);
  if (hour !== undefined && hour.ms >= (minute?.ms ?? 0)) return hour;
  return minute;
}

function planHourWait(
  hour: QuotaWindow | undefined,
  limits: QuotaLimits,
  now: number,
): QuotaWait | undefined {
  // A limit of zero means no limit.
  if (hour?.left === undefined || (hour.limit ?? 1) < 1) return undefined;
  // Never longer than an hour, even if a header or a clock is wrong.
  const resetAt = Math.min(hour.resetAt ?? Infinity, hour.at + HOUR_MS);
  const reserve = ((hour.limit ?? 0) * limits.reservePercent) / 100;
  return resetAt > now && hour.left <= reserve ? { ms: resetAt - now, window: 'hour' } : undefined;
}

/**
 * Keeps our requests of any one minute, plus the observed use by others, under the limit, for servers that count fixed
 * minutes and for those that count sliding ones. If others have used up the quota, waits a full minute, because the
 * minute's start is unknown.
 */
function planMinuteWait({ minute, sent }: Quota, limits: QuotaLimits, now: number): QuotaWait | undefined {
  if (minute?.limit === undefined || minute.limit < 1) return undefined;
  const margin = Math.min(Math.max(1, Math.ceil(minute.limit * 0.02)), minute.limit - 1);
  const age = now - minute.at;
  if (minute.left !== undefined && minute.left <= margin) {
    const ms = Math.min(minute.resetAt ?? Infinity, minute.at + limits.minute) + NETWORK_DELAY_MS - now;
    if (ms > 0) return { ms, window: 'minute' };
  }
  const recent = sent.filter(([second]) => second * 1000 + 1000 + limits.minute > now);
  const used = sumCounts(recent);
  const others = age < limits.minute ? countUsedByOthers(minute, recent) : 0;
  if (used < Math.max(1, minute.limit - others - margin)) return undefined;
  const oldest = recent[0];
  const ms =
    oldest === undefined
      ? limits.minute - age
      : oldest[0] * 1000 + 1000 + limits.minute + NETWORK_DELAY_MS - now;
  return { ms: Math.max(ms, 1), window: 'minute' };
}

function countUsedByOthers(minute: QuotaWindow, recent: Quota['sent']): number {
  if (minute.left === undefined || minute.limit === undefined) return 0;
  const ours = sumCounts(recent.filter(([second]) => second * 1000 <= minute.at));
  return Math.max(0, minute.limit - minute.left - ours);
}

function sumCounts(sent: Quota['sent']): number {
  return sent.reduce((sum, [, count]) => sum + count, 0);
}

/** Returns the quota after one more request. */
export function recordSend(quota: Quota, limits: QuotaLimits, now: number): Quota {
  const second = Math.floor(now / 1000);
  const recent = quota.sent.filter(([past]) => past * 1000 + 1000 + limits.minute > now);
  const last = recent.at(-1);
  const sent: [number, number][] =
    last?.[0] === second
      ? [...recent.slice(0, -1).map(copyPair), [second, last[1] + 1]]
      : [...recent.map(copyPair), [second, 1]];
  return { ...quota, sent };
}

function copyPair([second, count]: readonly [number, number]): [number, number] {
  return [second, count];
}

/**
 * Returns the quota after an answer.
 * @param stated the quota in its headers.
 * @param date when it was sent, by the API's clock: needed to move a reset time to this machine's clock.
 */
export function recordAnswer(
  quota: Quota,
  { minute, hour }: StatedQuota,
  date: number | undefined,
  now: number,
): Quota {
  const toQuotaWindow = ({ resetAt, ...rest }: StatedWindow): QuotaWindow => ({
    ...rest,
    ...(resetAt === undefined ? {} : { resetAt: now + resetAt - (date ?? now) }),
    at: now,
  });
  return {
    ...quota,
    ...(minute === undefined ? {} : { minute: toQuotaWindow(minute) }),
    ...(hour === undefined ? {} : { hour: toQuotaWindow(hour) }),
  };
}
