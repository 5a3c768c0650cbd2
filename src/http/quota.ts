/**
 * What an API states about its quota and what follows from it: pure decisions, the policy around them is in
 * `with-quota.ts`. Limits differ per connection and any header can be missing, so everything here is optional and
 * nothing is assumed.
 */

/** What one answer states about a window; `resetAt` is when the window ends, on the API's clock. */
export type StatedWindow = {
  readonly limit?: number;
  readonly left?: number;
  readonly resetAt?: number;
};

export type StatedQuota = { readonly minute?: StatedWindow; readonly hour?: StatedWindow };

/** Reads an API's own headers (names in lower case); must bear any text in them. */
export type ReadQuota = (headers: Readonly<Record<string, string>>) => StatedQuota;

/** The same on our clock. */
export type QuotaWindow = StatedWindow & {
  /** When this was stated, on our clock. */
  readonly at: number;
};

export type Quota = {
  readonly minute?: QuotaWindow;
  readonly hour?: QuotaWindow;
  /** Our own requests of the last minute: second of the epoch → how many. */
  readonly sent: readonly (readonly [second: number, count: number])[];
};

export type Limits = {
  /** Share of the hour's quota that stays for others on the same connection. */
  readonly reservePercent: number;
  /** Length of the minute window in milliseconds; other than a minute in tests only. */
  readonly minute: number;
};

/** A request on its way reaches the server a little later than it left. */
const TRAVEL_MS = 1000;

export type Wait = { readonly ms: number; readonly window: 'minute' | 'hour' };

/** How long the next request must wait, if at all. */
export function waitBefore(quota: Quota, limits: Limits, now: number): Wait | undefined {
  const hour = waitForHour(quota.hour, limits, now);
  const minute = waitForMinute(quota, limits, now);
  if (hour !== undefined && hour.ms >= (minute?.ms ?? 0)) return hour;
  return minute;
}

function waitForHour(hour: QuotaWindow | undefined, limits: Limits, now: number): Wait | undefined {
  // A limit of zero counts as no limit.
  if (hour?.left === undefined || (hour.limit ?? 1) < 1) return undefined;
  // No hour lasts longer than an hour, whatever a header or a clock shows.
  const resetAt = Math.min(hour.resetAt ?? Infinity, hour.at + 3_600_000);
  const reserve = ((hour.limit ?? 0) * limits.reservePercent) / 100;
  return resetAt > now && hour.left <= reserve ? { ms: resetAt - now, window: 'hour' } : undefined;
}

/**
 * Keeps our requests of any one minute, plus what others were seen to use, under the limit, whether the server counts
 * fixed or sliding minutes. If others have used it up, a whole minute has to pass: its borders are unknown.
 */
function waitForMinute({ minute, sent }: Quota, limits: Limits, now: number): Wait | undefined {
  if (minute?.limit === undefined || minute.limit < 1) return undefined;
  const margin = Math.min(Math.max(1, Math.ceil(minute.limit * 0.02)), minute.limit - 1);
  const age = now - minute.at;
  if (minute.left !== undefined && minute.left <= margin) {
    const ms = Math.min(minute.resetAt ?? Infinity, minute.at + limits.minute) + TRAVEL_MS - now;
    if (ms > 0) return { ms, window: 'minute' };
  }
  const recent = sent.filter(([second]) => second * 1000 + 1000 + limits.minute > now);
  const used = total(recent);
  const others = age < limits.minute ? usedByOthers(minute, recent) : 0;
  if (used < Math.max(1, minute.limit - others - margin)) return undefined;
  const oldest = recent[0];
  const ms =
    oldest === undefined ? limits.minute - age : oldest[0] * 1000 + 1000 + limits.minute + TRAVEL_MS - now;
  return { ms: Math.max(ms, 1), window: 'minute' };
}

function usedByOthers(minute: QuotaWindow, recent: Quota['sent']): number {
  if (minute.left === undefined || minute.limit === undefined) return 0;
  const ours = total(recent.filter(([second]) => second * 1000 <= minute.at));
  return Math.max(0, minute.limit - minute.left - ours);
}

function total(sent: Quota['sent']): number {
  return sent.reduce((sum, [, count]) => sum + count, 0);
}

/** The quota after one more request was sent. */
export function afterSend(quota: Quota, limits: Limits, now: number): Quota {
  const second = Math.floor(now / 1000);
  const recent = quota.sent.filter(([past]) => past * 1000 + 1000 + limits.minute > now);
  const last = recent.at(-1);
  const sent: [number, number][] =
    last?.[0] === second
      ? [...recent.slice(0, -1).map(pair), [second, last[1] + 1]]
      : [...recent.map(pair), [second, 1]];
  return { ...quota, sent };
}

function pair([second, count]: readonly [number, number]): [number, number] {
  return [second, count];
}

/**
 * The quota after an answer.
 * @param stated what its headers state.
 * @param date when it was sent, by the API's own clock: how far off a reset is, whatever ours shows.
 */
export function afterAnswer(
  quota: Quota,
  { minute, hour }: StatedQuota,
  date: number | undefined,
  now: number,
): Quota {
  const windowOf = ({ resetAt, ...rest }: StatedWindow): QuotaWindow => ({
    ...rest,
    ...(resetAt === undefined ? {} : { resetAt: now + resetAt - (date ?? now) }),
    at: now,
  });
  return {
    ...quota,
    ...(minute === undefined ? {} : { minute: windowOf(minute) }),
    ...(hour === undefined ? {} : { hour: windowOf(hour) }),
  };
}
