import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Counts } from '../../src/model/counts.ts';
import { counted, nothing, plus, type Tally, tallied, toRunState } from '../../src/run/tally.ts';

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
  .map(counted);
const pages = fc.array(fc.tuple(fc.constantFrom('Property', 'Media'), anyCounts), { maxLength: 20 });
const addsUp = (counts: Counts): boolean =>
  counts.processed === counts.inserted + counts.updated + counts.unchanged + counts.rejected + counts.older;

describe('the tally', () => {
  test('promise 16: what is processed is the sum of the others; what was deleted is no part of it', () => {
    expect(
      counted({ ...nothing, inserted: 1, updated: 2, unchanged: 4, rejected: 8, older: 16, deleted: 32 })
        .processed,
    ).toBe(31);
  });

  test('promise 16: counts add up over any pages, by resource and in all', () => {
    fc.assert(
      fc.property(pages, (list) => {
        const tally = list.reduce<Tally>((sum, [resource, counts]) => tallied(sum, resource, counts, 1), {});
        const { totals, pages: count, detail } = toRunState(tally, 5);
        expect(totals).toEqual(list.map(([, counts]) => counts).reduce(plus, nothing));
        expect(count).toBe(list.length);
        expect(addsUp(totals) && Object.values(detail).every(addsUp)).toBe(true);
      }),
    );
  });

  test('promise 1: is replaced, never changed, so that a transaction that is rolled back leaves no trace', () => {
    const before = tallied({}, 'Property', counted({ ...nothing, inserted: 1 }), 1);
    const copy = structuredClone(before);
    tallied(before, 'Property', counted({ ...nothing, inserted: 1 }), 1, { sets: 3 });
    tallied(before, 'Media', nothing, 1);
    expect(before).toEqual(copy);
    expect(nothing.inserted).toBe(0);
  });

  test('what is named beside the counts replaces what was there', () => {
    const first = tallied({}, 'Media', nothing, 0, { watermarkBefore: 'a', watermarkAfter: 'a', sets: 1 });
    const second = tallied(first, 'Media', nothing, 2, { watermarkAfter: 'b', sets: 4 });
    expect(second['Media']).toMatchObject({ watermarkBefore: 'a', watermarkAfter: 'b', sets: 4, pages: 2 });
  });

  test('a run’s watermarks are those of its first resource', () => {
    const tally = tallied(
      tallied({}, 'Property', nothing, 1, { watermarkBefore: 'a', watermarkAfter: 'b' }),
      'Media',
      nothing,
      1,
      { watermarkBefore: 'c', watermarkAfter: 'd' },
    );
    expect(toRunState(tally, 9)).toMatchObject({
      watermarkBefore: 'a',
      watermarkAfter: 'b',
      calls: 9,
      pages: 2,
    });
    expect(toRunState({}, 0)).toMatchObject({ watermarkBefore: null, watermarkAfter: null, totals: nothing });
  });
});
