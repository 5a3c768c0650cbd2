import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cursor } from '../../src/model/cursor.ts';
import { rewindCursor, isPast, pickLater, createWatermark } from '../../src/record/watermark.ts';

const NOW = Date.UTC(2026, 2, 19, 22);
const cursor = (timestamp: string, key?: string): Cursor =>
  key === undefined ? { timestamp } : { timestamp, key };

describe('pickLater', () => {
  test('promise 2: compares instants, not text', () => {
    const [local, utc] = [cursor('2026-03-19T23:00:00+05:30', 'a'), cursor('2026-03-19T18:00:00Z', 'b')];
    expect(pickLater(local, utc)).toBe(utc);
    expect(pickLater(utc, local)).toBe(utc);
  });

  test('promise 2: returns the second of equal instants: only the server can order keys', () => {
    const [a, b] = [cursor('2026-03-19T18:00:00Z', '9'), cursor('2026-03-19T18:00:00.000-00:00', '10')];
    expect([pickLater(a, b), pickLater(b, a)]).toEqual([b, a]);
  });

  test('a cursor is later than none', () => {
    const some = cursor('2026-03-19T18:00:00Z');
    expect([pickLater(undefined, some), pickLater(some, undefined), pickLater(undefined, undefined)]).toEqual(
      [some, some, undefined],
    );
  });

  test('a text that is no instant is never later than one that is', () => {
    const [broken, good] = [cursor('soon'), cursor('2026-03-19T18:00:00Z')];
    expect([pickLater(broken, good), pickLater(good, broken)]).toEqual([good, good]);
  });
});

describe('rewindCursor', () => {
  test('promise 3: returns the instant earlier by the overlap, without a key', () => {
    expect(rewindCursor(cursor('2026-03-19T22:06:45.773-00:00', 'k'), 600_000)).toEqual({
      timestamp: '2026-03-19T21:56:45.773Z',
    });
  });

  test('without an overlap the cursor is unchanged, including its key', () => {
    const place = cursor('2026-03-19T22:06:45.773-00:00', 'k');
    expect(rewindCursor(place, 0)).toBe(place);
  });

  test('promise 3: is never later than the cursor, for any overlap', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(NOW), max: new Date(NOW + 1e10), noInvalidDate: true }),
        fc.nat(1e9),
        (date, overlap) => {
          const place = cursor(date.toISOString(), 'k');
          const before = rewindCursor(place, overlap);
          expect(Date.parse(place.timestamp) - Date.parse(before.timestamp)).toBe(overlap);
        },
      ),
    );
  });
});

describe('isPast', () => {
  test('a timestamp in the future is recognised; clocks may differ by five minutes', () => {
    expect(isPast(cursor('2026-03-19T21:59:59Z'), NOW)).toBe(true);
    expect(isPast(cursor('2026-03-19T22:05:00Z'), NOW)).toBe(true);
    expect(isPast(cursor('2026-03-19T22:05:00.001Z'), NOW)).toBe(false);
    expect(isPast(cursor('2099-01-01T00:00:00Z'), NOW)).toBe(false);
  });
});

test('a new watermark is empty', () => {
  expect(createWatermark('Property')).toEqual({
    resource: 'Property',
    cursor: undefined,
    completeAt: undefined,
    load: undefined,
    photos: { timestamp: undefined, refusal: undefined },
    version: 0,
    run: 0,
    updatedAt: undefined,
  });
});
