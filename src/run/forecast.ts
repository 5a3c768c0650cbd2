import { DAY_MS, HOUR_MS, MINUTE_MS } from '../lib/time.ts';

/**
 * The cost and duration of calls, and a forecast of the month, for `usage` and `plan`. Pure arithmetic.
 * Times are milliseconds since the epoch on the local clock; durations are milliseconds.
 */

const WEEK_MS = 7 * DAY_MS;

export type Price = { readonly per1000Calls: number; readonly monthlyFee: number };

/** The cost of calls without the fee, rounded to a millionth. */
export function calculateCost(calls: number, { per1000Calls }: Price): number {
  return roundAmount((calls / 1000) * per1000Calls);
}

/** Removes the noise of floating-point arithmetic. */
function roundAmount(amount: number): number {
  return Math.round(amount * 1e6) / 1e6;
}

/** The calls of one hour of the quota. */
export type HourlyCalls = { readonly hour: number; readonly calls: number };

export type MonthForecast = {
  /** Since the first day of the month, UTC. */
  readonly calls: number;
  readonly cost: number;
  readonly fee: number;
  /** For the whole month, at the pace of the last seven days, with the fee. */
  readonly expectedCalls: number;
  readonly expectedCost: number;
};

/**
 * Calculates the calls and cost of the month so far, and a forecast of the whole month.
 * @param hours those since the start of the month and those of the last seven days.
 * @param first when the first call was counted; the pace is measured from then.
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
  const since = Math.max(now - WEEK_MS, first ?? now);
  // At least an hour: a pace of a few seconds means nothing.
  const pace =
    sumCalls(hours.filter(({ hour }) => hour >= floorToHour(since))) /
    Math.max(HOUR_MS, now - floorToHour(since));
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
  return Math.floor(time / HOUR_MS) * HOUR_MS;
}

function sumCalls(hours: readonly HourlyCalls[]): number {
  return hours.reduce((total, { calls }) => total + calls, 0);
}

/** Counts the requests for so many records. After a full last page one more request is needed. */
export function countPages(records: number, pageSize: number): number {
  return Math.floor(records / pageSize) + 1;
}

export type QuotaLimits = {
  /** Undefined if the feed sent no limit. */
  readonly minute: number | undefined;
  readonly hour: number | undefined;
  /** Calls left in this hour. */
  readonly left: number | undefined;
  readonly resetAt: number | undefined;
  /** Share of the hour that is reserved for others. */
  readonly reservePercent: number;
};

export type TimeEstimate = {
  readonly ms: number;
  /** Of `ms`, the time spent waiting for the hour's quota. */
  readonly waiting: number;
  /** The longest single wait. */
  readonly longestWait: number;
};

/** Counts the calls that may still be made in this hour; undefined if unknown. */
export function countCallsLeft({ hour, left, reservePercent }: QuotaLimits): number | undefined {
  if (left === undefined) return undefined;
  return Math.max(0, Math.floor(left - ((hour ?? 0) * reservePercent) / 100));
}

/** The maximum share of the minute's quota that a run uses; the rest is a safety margin. */
const MINUTE_SHARE = 0.98;

/** Estimates the duration of sequential calls under these limits. */
export function estimateTime(
  calls: number,
  msPerCall: number,
  limits: QuotaLimits,
  now: number,
): TimeEstimate {
  const working = Math.max(calls * msPerCall, countMinutes(calls, limits) * MINUTE_MS);
  const available = countCallsLeft(limits);
  if (available === undefined || limits.hour === undefined || calls <= available) {
    return { ms: working, waiting: 0, longestWait: 0 };
  }
  const perCall = working / calls;
  const callsPerHour = Math.max(1, Math.floor(limits.hour * (1 - limits.reservePercent / 100)));
  const resetAt = limits.resetAt === undefined || limits.resetAt <= now ? now + HOUR_MS : limits.resetAt;
  const first = Math.max(0, resetAt - now - available * perCall);
  const fullHours = Math.ceil((calls - available) / callsPerHour) - 1;
  const between = Math.max(0, HOUR_MS - callsPerHour * perCall);
  const waiting = first + fullHours * between;
  return { ms: working + waiting, waiting, longestWait: fullHours > 0 ? Math.max(first, between) : first };
}

function countMinutes(calls: number, { minute }: QuotaLimits): number {
  if (minute === undefined) return 0;
  const each = Math.max(1, Math.floor(minute * MINUTE_SHARE));
  return calls <= each ? 0 : calls / each;
}
