import { expect, test } from 'vitest';
import {
  createMomentCursor,
  isMomentCursor,
  momentOf,
} from '../../../../src/sources/trestle/odata/moment.ts';
import { parseInstant } from '../../../../src/lib/time.ts';

test.each([
  ['2026-03-19T22:06:45.123Z', '2026-03-19T22:06:45.123Z', '2026-03-19T22:06:45.124Z'],
  ['2026-03-19T22:06:45.999-00:00', '2026-03-19T22:06:45.999Z', '2026-03-19T22:06:46Z'],
  ['2026-03-19T18:06:45.1-04:00', '2026-03-19T22:06:45.1Z', '2026-03-19T22:06:45.2Z'],
  ['2026-03-19T22:06:45Z', '2026-03-19T22:06:45Z', '2026-03-19T22:06:46Z'],
  ['2026-12-31T23:59:59.9999999Z', '2026-12-31T23:59:59.9999999Z', '2027-01-01T00:00:00Z'],
  ['2026-03-19T22:06:45.000009Z', '2026-03-19T22:06:45.000009Z', '2026-03-19T22:06:45.000010Z'],
])('promise 2: the moment of %s lasts as long as its last digit', (timestamp, from, to) => {
  expect(momentOf(timestamp)).toEqual({ from, to });
  const cursor = createMomentCursor(timestamp, 'k');
  expect(cursor.key).toBe('k');
  expect(isMomentCursor(cursor)).toBe(true);
  expect(parseInstant(cursor.timestamp)).toBe(parseInstant(timestamp));
  // The place keeps the moment as it was, and fits the watermark.
  expect(momentOf(cursor.timestamp)).toEqual({ from, to });
  expect(createMomentCursor(cursor.timestamp, 'k')).toEqual(cursor);
  expect(cursor.timestamp.length).toBeLessThanOrEqual(64);
});

test('promise 2: no timestamp of a feed is mistaken for a moment cursor', () => {
  for (const digits of ['', '.000', '.0000000', '.000000000000']) {
    expect(isMomentCursor({ timestamp: `2026-03-19T22:06:45${digits}Z`, key: 'k' })).toBe(false);
  }
});
