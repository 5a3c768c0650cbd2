import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  averageCost,
  countExpandedPages,
  growPage,
  largestPage,
  MAX_PAGE_BYTES,
  MAX_PAGE_MS,
} from '../../../src/run/expansion/page-size.ts';

test.each([
  ['bytes', { bytes: 40_000, ms: 1 }, 400],
  ['time', { bytes: 1000, ms: 100 }, 150],
  ['PAGE_SIZE', { bytes: 1000, ms: 1 }, 1000],
  ['the smallest page', { bytes: 1_000_000, ms: 1 }, 50],
])('the largest page is limited by %s', (_, cost, expected) => {
  expect(largestPage(cost, 1000)).toBe(expected);
});

test('with a smaller PAGE_SIZE no page is larger than that', () => {
  expect(largestPage({ bytes: 1, ms: 0 }, 20)).toBe(20);
  expect(largestPage({ bytes: 1e9, ms: 0 }, 20)).toBe(20);
});

test('a record costs as much as on the last page, and not much less than on the pages before', () => {
  const first = averageCost({ records: 50, bytes: 3_000_000, ms: 500 }, undefined);
  expect(first).toEqual({ bytes: 60_000, ms: 10 });
  expect(averageCost({ records: 100, bytes: 100, ms: 0 }, first)).toEqual({ bytes: 54_000, ms: 5 });
  expect(averageCost({ records: 0, bytes: 100, ms: 3 }, undefined)).toEqual({ bytes: 100, ms: 3 });
});

test('pages double up to the largest, and shrink to it at once', () => {
  const sizes = [50];
  for (let nth = 0; nth < 5; nth += 1) sizes.push(growPage(sizes.at(-1)!, 444));
  expect(sizes).toEqual([50, 100, 200, 400, 444, 444]);
  expect(growPage(444, 60)).toBe(60);
});

test('promise 22: after any page, the next one stays below both limits if its records cost the same', () => {
  const page = fc.record({
    records: fc.integer({ min: 1, max: 1000 }),
    bytes: fc.integer({ min: 0, max: 100_000_000 }),
    ms: fc.integer({ min: 0, max: 120_000 }),
  });
  fc.assert(
    fc.property(page, (sent) => {
      const cost = averageCost(sent, undefined);
      const next = growPage(sent.records, largestPage(cost, 1000));
      expect(next * cost.bytes <= MAX_PAGE_BYTES || next === 50 || next <= 2 * sent.records).toBe(true);
      if (largestPage(cost, 1000) > 50) {
        expect(next * cost.bytes).toBeLessThanOrEqual(MAX_PAGE_BYTES * 1.0001);
        expect(next * cost.ms).toBeLessThanOrEqual(MAX_PAGE_MS * 1.0001);
      }
    }),
  );
});

test('promise 14: counts the pages of a load as it would request them', () => {
  expect(countExpandedPages(10_000, 50, 444)).toBe(4 + Math.ceil((10_000 - 750) / 444));
  expect(countExpandedPages(30, 50, 444)).toBe(1);
  expect(countExpandedPages(0, 50, 444)).toBe(0);
  expect(countExpandedPages(1000, 50, 50)).toBe(20);
  const sizes = fc.tuple(fc.nat({ max: 100_000 }), fc.integer({ min: 50, max: 1000 }));
  fc.assert(
    fc.property(sizes, ([records, largest]) => {
      let [left, pages, size] = [records, 0, Math.min(50, largest)];
      for (; left > 0; size = growPage(size, largest)) {
        left -= size;
        pages += 1;
      }
      expect(countExpandedPages(records, Math.min(50, largest), largest)).toBe(pages);
    }),
  );
});
