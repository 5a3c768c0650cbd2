/**
 * What the quota headers say and what follows from it: pure decisions, the policy around them is in `with-quota.ts`.
 * Limits differ per connection and any header can be missing, so everything here is optional and nothing is assumed.
 */

export type Window = {
  readonly limit?: number;
  readonly left?: number;
  /** When the window ends, on our clock, where the API said so. */
  readonly resetAt?: number;
  /** When this was said, on our clock. */
  readonly at: number;
};

export type Quota = {
  readonly minute?: Window;
  readonly hour?: Window;
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
const TRAVEL = 1000;

export type Wait = { readonly ms: number; readonly window: 'minute' | 'hour' };

/** How long the next request must wait, if at all. */
export function waitBefore(quota: Quota, limits: Limits, now: number): Wait | undefined {
  const hour = waitForHour(quota.hour, limits, now);
  const minute = waitForMinute(quota, limits, now);
  if (hour !== undefined && hour.ms >= (minute?.ms ?? 0)) return hour;
  return minute;
}

function waitForHour(hour: Window | undefined, limits: Limits, now: number): Wait | undefined {
  // A limit of nothing is none that was told.
  if (hour?.left === undefined || (hour.limit ?? 1) < 1) return undefined;
  // No hour lasts longer than an hour, whatever a header or a clock says.
  const resetAt = Math.min(hour.resetAt ?? Infinity, hour.at + 3_600_000);
  const reserve = ((hour.limit ?? 0) * limits.reservePercent) / 100;
  return resetAt > now && hour.left <= reserve ? { ms: resetAt - now, window: 'hour' } : undefined;
}

/**
 * Keeps our requests of any one minute, plus what others were seen to use, under the limit, whether the server counts
 * fixed or sliding minutes. Where others have used it up, a whole minute has to pass: its borders are unknown.
 */
function waitForMinute({ minute, sent }: Quota, limits: Limits, now: number): Wait | undefined {
  if (minute?.limit === undefined || minute.limit < 1) return undefined;
  const margin = Math.min(Math.max(1, Math.ceil(minute.limit * 0.02)), minute.limit - 1);
  const age = now - minute.at;
  if (minute.left !== undefined && minute.left <= margin) {
    const ms = Math.min(minute.resetAt ?? Infinity, minute.at + limits.minute) + TRAVEL - now;
    if (ms > 0) return { ms, window: 'minute' };
  }
  const recent = sent.filter(([second]) => second * 1000 + 1000 + limits.minute > now);
  const used = total(recent);
  const others = age < limits.minute ? usedByOthers(minute, recent) : 0;
  if (used < Math.max(1, minute.limit - others - margin)) return undefined;
  const oldest = recent[0];
  const ms =
    oldest === undefined ? limits.minute - age : oldest[0] * 1000 + 1000 + limits.minute + TRAVEL - now;
  return { ms: Math.max(ms, 1), window: 'minute' };
}

function usedByOthers(minute: Window, recent: Quota['sent']): number {
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

/** The quota after an answer's headers (names in lower case). */
export function afterAnswer(quota: Quota, headers: Readonly<Record<string, string>>, now: number): Quota {
  const minute = read(headers, 'minute', now);
  const hour = read(headers, 'hour', now);
  return {
    ...quota,
    ...(minute === undefined ? {} : { minute }),
    ...(hour === undefined ? {} : { hour }),
  };
}

function read(headers: Readonly<Record<string, string>>, name: string, now: number): Window | undefined {
  const limit = quotaNumber(headers[`${name}-quota-limit`]);
  const left = quotaNumber(headers[`${name}-quota-available`]);
  if (limit === undefined && left === undefined) return undefined;
  const reset = quotaNumber(headers[`${name}-quota-resettime`]);
  const date = Date.parse(headers['date'] ?? '');
  // The API's own clock tells how far off its reset is, whatever ours says.
  const resetAt = reset === undefined ? undefined : now + reset - (Number.isNaN(date) ? now : date);
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(left === undefined ? {} : { left }),
    ...(resetAt === undefined ? {} : { resetAt }),
    at: now,
  };
}

/** What a quota header says; undefined where it is missing or no number. */
export function quotaNumber(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
