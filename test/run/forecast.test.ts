import { describe, expect, test } from 'vitest';
import {
  countCallsLeft,
  calculateCost,
  type QuotaLimits,
  forecastMonth,
  countPages,
  estimateTime,
} from '../../src/run/forecast.ts';

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 5, 16, 12);

describe('costs', () => {
  test('applies the price per thousand calls, without floating-point noise', () => {
    expect(calculateCost(11, { per1000Calls: 4.5, monthlyFee: 50 })).toBe(0.0495);
    expect(calculateCost(0, { per1000Calls: 4.5, monthlyFee: 50 })).toBe(0);
  });
});

describe('the month', () => {
  const price = { per1000Calls: 2, monthlyFee: 30 };

  test('a steady pace goes on to the end of the month', () => {
    // Ten calls an hour since the first of June.
    const hours = Array.from({ length: 15 * 24 + 12 }, (_, index) => ({
      hour: Date.UTC(2026, 5, 1) + index * HOUR,
      calls: 10,
    }));
    const month = forecastMonth(hours, Date.UTC(2026, 4, 1), NOON, price);
    expect(month).toEqual({
      calls: 3720,
      cost: 37.44,
      fee: 30,
      expectedCalls: 7200,
      expectedCost: 44.4,
    });
  });

  test('what was before the month counts for the pace only', () => {
    const now = Date.UTC(2026, 6, 1, 0);
    const hours = [{ hour: now - 24 * HOUR, calls: 700 }];
    expect(forecastMonth(hours, now - 30 * 24 * HOUR, now, price)).toMatchObject({
      calls: 0,
      expectedCalls: 3100,
    });
  });

  test('a pace is not taken from before the first call was counted', () => {
    const hours = [{ hour: NOON - 10 * HOUR, calls: 100 }];
    const late = forecastMonth(hours, NOON - 10 * HOUR, NOON, price);
    expect(late.expectedCalls).toBe(100 + 10 * 14.5 * 24);
  });

  test('without any call it comes to the fee', () => {
    expect(forecastMonth([], undefined, NOON, price)).toMatchObject({ expectedCalls: 0, expectedCost: 30 });
  });
});

describe('pages', () => {
  test.each([
    [0, 1],
    [999, 1],
    [1000, 2],
    [1001, 2],
    [2500, 3],
  ])('%i records take %i calls, as a full page has one more behind it', (records, calls) => {
    expect(countPages(records, 1000)).toBe(calls);
  });
});

describe('time', () => {
  const limits: QuotaLimits = {
    minute: 200,
    hour: 6000,
    left: 6000,
    resetAt: NOON + HOUR,
    reservePercent: 10,
  };

  test('few calls take what each takes', () => {
    expect(estimateTime(100, 500, limits, NOON)).toEqual({ ms: 50_000, waiting: 0, longestWait: 0 });
  });

  test('the minute holds fast calls back', () => {
    // 196 a minute are used of 200.
    expect(estimateTime(1960, 10, limits, NOON).ms).toBe(600_000);
  });

  test('the hour holds back what the reserve does not allow, until it ends', () => {
    expect(countCallsLeft({ ...limits, left: 700 })).toBe(100);
    const { ms, waiting } = estimateTime(200, 1000, { ...limits, left: 700 }, NOON);
    expect(waiting).toBe(HOUR - 100_000);
    expect(ms).toBe(HOUR + 100_000);
  });

  test('many hours wait many times', () => {
    const { ms, longestWait } = estimateTime(5400 * 3, 300, limits, NOON);
    // 5,400 an hour at 306 ms each are 27 and a half minutes; the rest of each hour but the last is waited for.
    expect(Math.round(ms / 60_000)).toBe(120 + 28);
    expect(Math.round(longestWait / 60_000)).toBe(32);
  });

  test('an hour that is over is not waited for, but a new one is', () => {
    const { waiting } = estimateTime(10, 1000, { ...limits, left: 600, resetAt: NOON - 1 }, NOON);
    expect(waiting).toBe(HOUR);
  });

  test('an unreported limit causes no wait', () => {
    const none = {
      minute: undefined,
      hour: undefined,
      left: undefined,
      resetAt: undefined,
      reservePercent: 10,
    };
    expect(estimateTime(50_000, 100, none, NOON)).toEqual({ ms: 5_000_000, waiting: 0, longestWait: 0 });
    expect(countCallsLeft(none)).toBeUndefined();
  });
});
