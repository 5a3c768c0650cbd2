import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoff } from '../../src/lib/backoff.ts';

describe('backoff', () => {
  test('promise 13: the longest wait doubles with each attempt and stops at the cap', () => {
    const longest = [0, 1, 2, 3, 4, 5, 6, 60].map((attempt) => backoff(attempt, () => 1));
    expect(longest).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 32_000, 32_000]);
  });

  test('promise 13: full jitter may reduce any wait to 0', () => {
    expect(backoff(5, () => 0)).toBe(0);
    expect(backoff(5, () => 0.5)).toBe(16_000);
  });

  test('the caller chooses base and cap', () => {
    expect(backoff(3, () => 1, 10, 60)).toBe(60);
    expect(backoff(2, () => 1, 10, 60)).toBe(40);
  });

  test('promise 13: every wait is a whole number of milliseconds between 0 and the cap', () => {
    fc.assert(
      fc.property(
        fc.nat(2000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 100_000 }),
        (attempt, random, cap) => {
          const ms = backoff(attempt, () => random, 1000, cap);
          expect(Number.isInteger(ms)).toBe(true);
          expect(ms).toBeGreaterThanOrEqual(0);
          expect(ms).toBeLessThanOrEqual(Math.min(cap, 1000 * 2 ** attempt));
        },
      ),
    );
  });
});
