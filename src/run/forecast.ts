/**
 * What calls cost, how long they take and what the month comes to: arithmetic alone, for `usage` and `plan`.
 * All times are milliseconds, on our clock or of a length.
 */

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;

export type Price = { readonly per1000Calls: number; readonly monthlyFee: number };

/** What calls cost by themselves, without the fee, to a millionth. */
export function calculateCost(calls: number, { per1000Calls }: Price): number {
  return roundAmount((calls / 1000) * per1000Calls);
}

/** Without the digits that only a double has. */
function roundAmount(amount: number): number {
  return Math.round(amount * 1e6) / 1e6;
}

/** Calls of one hour that the quota counts. */
export type HourlyCalls = { readonly hour: number; readonly calls: number };

export type MonthForecast = {
  /** Since the first of it, UTC. */
  readonly calls: number;
  readonly cost: number;
  readonly fee: number;
  /** What the whole month comes to at the pace of the last seven days, with the fee. */
  readonly expectedCalls: number;
  readonly expectedCost: number;
};

/**
 * What the month has come to, and what it will come to.
 * @param hours those since the month's beginning, and of the last seven days.
 * @param first when the first call was counted; a pace is not taken from before.
 */
export function forecastMonth(
  hours: readonly HourlyCalls[],
  first: number | undefined,
  now: number,
  price: Price,
): MonthForecast {
  const today = new Date(now);
  const begin = Date.UTC(today.getUTCFullYear(), today.getUTCMonth());
  const end = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1);
  const since = Math.max(now - WEEK, first ?? now);
  // An hour at least: a pace of a few seconds says nothing.
  const pace =
    sumCalls(hours.filter(({ hour }) => hour >= floorToHour(since))) /
    Math.max(HOUR, now - floorToHour(since));
  const calls = sumCalls(hours.filter(({ hour }) => hour >= begin));
  const expectedCalls = Math.round(calls + pace * (end - now));
  return {
    calls,
    cost: roundAmount(calculateCost(calls, price) + price.monthlyFee),
    fee: price.monthlyFee,
    expectedCalls,
    expectedCost: roundAmount(calculateCost(expectedCalls, price) + price.monthlyFee),
  };
}

function floorToHour(time: number): number {
  return Math.floor(time / HOUR) * HOUR;
}

function sumCalls(hours: readonly HourlyCalls[]): number {
  return hours.reduce((total, { calls }) => total + calls, 0);
}

/** Requests that it takes to page through so many records: a last page that is full has one more behind it. */
export function countPages(records: number, pageSize: number): number {
  return Math.floor(records / pageSize) + 1;
}

export type QuotaLimits = {
  /** Undefined: the feed did not say. */
  readonly minute: number | undefined;
  readonly hour: number | undefined;
  /** Of the hour, now. */
  readonly left: number | undefined;
  readonly resetAt: number | undefined;
  /** Share of the hour that is left to others. */
  readonly reservePercent: number;
};

export type TimeEstimate = {
  readonly ms: number;
  /** Of these, waiting for the hour's quota. */
  readonly waiting: number;
  /** The longest wait at a time. */
  readonly longestWait: number;
};

/** Calls that may still be made in this hour; undefined where that is not known. */
export function countCallsLeft({ hour, left, reservePercent }: QuotaLimits): number | undefined {
  if (left === undefined) return undefined;
  return Math.max(0, Math.floor(left - ((hour ?? 0) * reservePercent) / 100));
}

/** The share of the minute's quota that a run uses at most; the rest is its safety margin. */
const MINUTE_SHARE = 0.98;

/** How long so many calls take, one after the other, under these limits. */
export function estimateTime(
  calls: number,
  msPerCall: number,
  limits: QuotaLimits,
  now: number,
): TimeEstimate {
  const working = Math.max(calls * msPerCall, countMinutes(calls, limits) * 60_000);
  const available = countCallsLeft(limits);
  if (available === undefined || limits.hour === undefined || calls <= available) {
    return { ms: working, waiting: 0, longestWait: 0 };
  }
  const perCall = working / calls;
  const callsPerHour = Math.max(1, Math.floor(limits.hour * (1 - limits.reservePercent / 100)));
  const resetAt = limits.resetAt === undefined || limits.resetAt <= now ? now + HOUR : limits.resetAt;
  const first = Math.max(0, resetAt - now - available * perCall);
  const fullHours = Math.ceil((calls - available) / callsPerHour) - 1;
  const between = Math.max(0, HOUR - callsPerHour * perCall);
  const waiting = first + fullHours * between;
  return { ms: working + waiting, waiting, longestWait: fullHours > 0 ? Math.max(first, between) : first };
}

function countMinutes(calls: number, { minute }: QuotaLimits): number {
  if (minute === undefined) return 0;
  const each = Math.max(1, Math.floor(minute * MINUTE_SHARE));
  return calls <= each ? 0 : calls / each;
}
