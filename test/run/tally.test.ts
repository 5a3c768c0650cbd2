import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Counts } from '../../src/model/counts.ts';
import { countPage, zeroCounts, addCounts, type Tally, addToTally, toRunState } from '../../src/run/tally.ts';

const anyCounts = fc
  .record({
    inserted: fc.nat(999),
    updated: fc.nat(999),
    unchanged: fc.nat(999),
    rejected: fc.nat(999),
    older: fc.nat(999),
    deleted: fc.nat(999),
    fieldIssues: fc.nat(999),
    altered: fc.nat(999),
  })
  .map(countPage);
const pages = fc.array(fc.tuple(fc.constantFrom('Property', 'Media'), anyCounts), { maxLength: 20 });
const addsUp = (counts: Counts): boolean =>
  counts.processed === counts.inserted + counts.updated + counts.unchanged + counts.rejected + counts.older;

describe('the tally', () => {
  test('promise 16: what is processed is the sum of the others; what was deleted is no part of it', () => {
    expect(
      countPage({ ...zeroCounts, inserted: 1, updated: 2, unchanged: 4, rejected: 8, older: 16, deleted: 32 })
        .processed,
    ).toBe(31);
  });

  test('promise 16: counts add up over any pages, by resource and in all', () => {
    fc.assert(
      fc.property(pages, (list) => {
        const tally = list.reduce<Tally>(
          (sum, [resource, counts]) => addToTally(sum, resource, counts, 1),
          {},
        );
        const { totals, pages: count, detail } = toRunState(tally, 5);
        expect(totals).toEqual(list.map(([, counts]) => counts).reduce(addCounts, zeroCounts));
        expect(count).toBe(list.length);
        expect(addsUp(totals) && Object.values(detail).every(addsUp)).toBe(true);
      }),
    );
  });

  test('promise 1: is replaced, never changed, so that a transaction that is rolled back leaves no trace', () => {
    const before = addToTally({}, 'Property', countPage({ ...zeroCounts, inserted: 1 }), 1);
    const copy = structuredClone(before);
    addToTally(before, 'Property', countPage({ ...zeroCounts, inserted: 1 }), 1, { sets: 3 });
    addToTally(before, 'Media', zeroCounts, 1);
    expect(before).toEqual(copy);
    expect(zeroCounts.inserted).toBe(0);
  });

  test('details replace earlier details', () => {
    const first = addToTally({}, 'Media', zeroCounts, 0, {
      watermarkBefore: 'a',
      watermarkAfter: 'a',
      sets: 1,
    });
    const second = addToTally(first, 'Media', zeroCounts, 2, { watermarkAfter: 'b', sets: 4 });
    expect(second['Media']).toMatchObject({ watermarkBefore: 'a', watermarkAfter: 'b', sets: 4, pages: 2 });
  });

  test('a run’s watermarks are those of its first resource', () => {
    const tally = addToTally(
      addToTally({}, 'Property', zeroCounts, 1, { watermarkBefore: 'a', watermarkAfter: 'b' }),
      'Media',
      zeroCounts,
      1,
      { watermarkBefore: 'c', watermarkAfter: 'd' },
    );
    expect(toRunState(tally, 9)).toMatchObject({
      watermarkBefore: 'a',
      watermarkAfter: 'b',
      calls: 9,
      pages: 2,
    });
    expect(toRunState({}, 0)).toMatchObject({
      watermarkBefore: null,
      watermarkAfter: null,
      totals: zeroCounts,
    });
  });
});
