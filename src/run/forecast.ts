/**
 * What calls cost, how long they take and what the month comes to: arithmetic alone, for `usage` and `plan`.
 * All times are milliseconds, on our clock or of a length.
 */

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;

export type Price = { readonly per1000Calls: number; readonly monthlyFee: number };

/** What calls cost by themselves, without the fee, to a millionth. */
export function costOf(calls: number, { per1000Calls }: Price): number {
  return exact((calls / 1000) * per1000Calls);
}

/** Without the digits that only a double has. */
function exact(amount: number): number {
  return Math.round(amount * 1e6) / 1e6;
}

/** Calls of one hour that the quota counts. */
export type Hour = { readonly hour: number; readonly calls: number };

export type Month = {
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
export function monthOf(hours: readonly Hour[], first: number | undefined, now: number, price: Price): Month {
  const today = new Date(now);
  const begin = Date.UTC(today.getUTCFullYear(), today.getUTCMonth());
  const end = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1);
  const since = Math.max(now - WEEK, first ?? now);
  // An hour at least: a pace of a few seconds says nothing.
  const pace = sum(hours.filter(({ hour }) => hour >= floor(since))) / Math.max(HOUR, now - floor(since));
  const calls = sum(hours.filter(({ hour }) => hour >= begin));
  const expectedCalls = Math.round(calls + pace * (end - now));
  return {
    calls,
    cost: exact(costOf(calls, price) + price.monthlyFee),
    fee: price.monthlyFee,
    expectedCalls,
    expectedCost: exact(costOf(expectedCalls, price) + price.monthlyFee),
  };
}

function floor(time: number): number {
  return Math.floor(time / HOUR) * HOUR;
}

function sum(hours: readonly Hour[]): number {
  return hours.reduce((total, { calls }) => total + calls, 0);
}

/** Requests that it takes to page through so many records: a last page that is full has one more behind it. */
export function pagesOf(records: number, pageSize: number): number {
  return Math.floor(records / pageSize) + 1;
}

export type Limits = {
  /** Undefined: the feed did not say. */
  readonly minute: number | undefined;
  readonly hour: number | undefined;
  /** Of the hour, now. */
  readonly left: number | undefined;
  readonly resetAt: number | undefined;
  /** Share of the hour that is left to others. */
  readonly reservePercent: number;
};

export type Time = {
  readonly ms: number;
  /** Of these, waiting for the hour's quota. */
  readonly waiting: number;
  /** The longest wait at a time. */
  readonly longestWait: number;
};

/** Calls that may still be made in this hour; undefined where that is not known. */
export function callsLeft({ hour, left, reservePercent }: Limits): number | undefined {
  if (left === undefined) return undefined;
  return Math.max(0, Math.floor(left - ((hour ?? 0) * reservePercent) / 100));
}

/** The share of the minute's quota that a run uses at most; the rest is its safety margin. */
const OF_MINUTE = 0.98;

/** How long so many calls take, one after the other, under these limits. */
export function timeFor(calls: number, msPerCall: number, limits: Limits, now: number): Time {
  const working = Math.max(calls * msPerCall, minutesFor(calls, limits) * 60_000);
  const usable = callsLeft(limits);
  if (usable === undefined || limits.hour === undefined || calls <= usable) {
    return { ms: working, waiting: 0, longestWait: 0 };
  }
  const perCall = working / calls;
  const anHour = Math.max(1, Math.floor(limits.hour * (1 - limits.reservePercent / 100)));
  const resetAt = limits.resetAt === undefined || limits.resetAt <= now ? now + HOUR : limits.resetAt;
  const first = Math.max(0, resetAt - now - usable * perCall);
  const fullHours = Math.ceil((calls - usable) / anHour) - 1;
  const between = Math.max(0, HOUR - anHour * perCall);
  const waiting = first + fullHours * between;
  return { ms: working + waiting, waiting, longestWait: fullHours > 0 ? Math.max(first, between) : first };
}

function minutesFor(calls: number, { minute }: Limits): number {
  if (minute === undefined) return 0;
  const each = Math.max(1, Math.floor(minute * OF_MINUTE));
  return calls <= each ? 0 : calls / each;
}
