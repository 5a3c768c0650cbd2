import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StaleParent } from '../../src/record/stale-parents.ts';
import { packListings } from '../../src/run/pack.ts';

const due = (key: string, count: number | null): StaleParent => ({ key, count }) as StaleParent;

const photos = (batch: readonly StaleParent[]): number =>
  batch.reduce((sum, { count }) => sum + Math.max(1, count ?? 1), 0);

const length = (batch: readonly StaleParent[]): number =>
  encodeURIComponent(batch.map(({ key }) => `'${key}'`).join(',')).length;

describe('pack', () => {
  test('promise 9: listings are put together until their photos fill a page', () => {
    const batches = packListings([due('a', 4), due('b', 6), due('c', 1), due('d', 30), due('e', 1)], 10);
    expect(batches.map((batch) => batch.map(({ key }) => key))).toEqual([['a', 'b'], ['c'], ['d'], ['e']]);
  });

  test('a listing without a count, or with none, still takes its place', () => {
    expect(
      packListings([due('a', null), due('b', 0), due('c', null)], 2).map((batch) => batch.length),
    ).toEqual([2, 1]);
  });

  test('no listings need no request', () => {
    expect(packListings([], 10)).toEqual([]);
  });

  test('promise 14: no listing is lost, none is asked for twice, no URL is too long, no page is left half empty', () => {
    const listings = fc.uniqueArray(
      fc.tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), fc.option(fc.nat(50))),
      { selector: ([key]) => key, maxLength: 80 },
    );
    fc.assert(
      fc.property(listings, fc.integer({ min: 1, max: 60 }), (given, pageSize) => {
        const list = given.map(([key, count]) => due(key, count));
        const batches = packListings(list, pageSize);
        expect(batches.flat()).toEqual(list);
        batches.forEach((batch, index) => {
          expect(batch.length).toBeGreaterThan(0);
          if (batch.length > 1) {
            expect(photos(batch)).toBeLessThanOrEqual(pageSize);
            expect(length(batch)).toBeLessThanOrEqual(7168);
          }
          const next = batches[index + 1]?.[0];
          if (next !== undefined)
            expect(photos([...batch, next]) > pageSize || length([...batch, next]) > 4000).toBe(true);
        });
      }),
      { numRuns: 200 },
    );
  });
});
