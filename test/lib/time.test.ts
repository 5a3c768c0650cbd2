import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fromSqlDateTime,
  normalizeSqlDateTime,
  instantToSql,
  isCalendarDay,
  parseInstant,
  toSqlDateTime,
} from '../../src/lib/time.ts';

const FIRST = Date.UTC(1000, 0, 1);
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const anyInstant = fc.integer({ min: FIRST, max: LAST });

const two = (n: number) => String(n).padStart(2, '0');

/** An offset in minutes, as ISO 8601 writes it. */
const offsets = fc.integer({ min: -14 * 60, max: 14 * 60 }).map((minutes) => {
  const size = Math.abs(minutes);
  return { minutes, text: `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}` };
});

describe('parseInstant', () => {
  test.each([
    ['2026-03-19T22:06:45.773-00:00', '2026-03-19T22:06:45.773Z'],
    ['2026-03-19T22:06:45.773Z', '2026-03-19T22:06:45.773Z'],
    ['2026-03-19t22:06:45z', '2026-03-19T22:06:45.000Z'],
    ['2026-03-21T12:00:00.000-04:00', '2026-03-21T16:00:00.000Z'],
    ['2026-03-21T12:00:00+05:30', '2026-03-21T06:30:00.000Z'],
    ['2026-03-21T12:00:00+0530', '2026-03-21T06:30:00.000Z'],
    ['2026-03-21T12:00Z', '2026-03-21T12:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['1000-01-01T00:00:00Z', '1000-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('promise 7: %s is %s', (text, instant) => {
    expect(parseInstant(text)).toBe(Date.parse(instant));
  });

  test.each([
    ['.9996', 999],
    ['.9999999', 999],
    ['.0004999', 0],
    ['.5', 500],
    ['.05', 50],
    ['.1234567', 123],
  ])('promise 7: the fraction %s is truncated to %d ms, never rounded up', (fraction, ms) => {
    expect(parseInstant(`2026-12-31T23:59:59${fraction}Z`)).toBe(Date.UTC(2026, 11, 31, 23, 59, 59, ms));
  });

  test.each([
    '2026-03-19T22:06:45.773',
    '2026-03-19',
    '2026-03-19 22:06:45Z',
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '0000-00-00T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '0999-12-31T23:59:59Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T23:60:00Z',
    '2026-01-01T23:59:60Z',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00+19:00',
    '2026-01-01T00:00:00+05:60',
    '9999-12-31T23:59:59-01:00',
    '1000-01-01T00:00:00+01:00',
    '12026-01-01T00:00:00Z',
    ' 2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00Z\n',
    '',
    'Infinity',
  ])('promise 7: %j is no instant', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  test('promise 7: agrees with Date on every instant and offset', () => {
    fc.assert(
      fc.property(anyInstant, offsets, (ms, offset) => {
        const local = ms + offset.minutes * 60_000;
        fc.pre(local >= FIRST && local <= LAST);
        const text = new Date(local).toISOString().replace('Z', offset.text);
        expect(parseInstant(text)).toBe(ms);
        expect(Date.parse(text)).toBe(ms);
      }),
      { numRuns: 500 },
    );
  });

  test('promise 7: digits beyond the millisecond change nothing', () => {
    fc.assert(
      fc.property(anyInstant, fc.stringMatching(/^\d{1,12}$/), (ms, digits) => {
        expect(parseInstant(new Date(ms).toISOString().replace('Z', `${digits}Z`))).toBe(ms);
      }),
    );
  });

  test('accepts a text only if Date parses the same instant from it', () => {
    const near = fc.stringMatching(
      /^(1[0-9]{3}|20[0-9]{2})-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{3})?(Z|[+-][01][0-9]:[0-6][0-9])$/,
    );
    fc.assert(
      fc.property(near, (text) => {
        const ms = parseInstant(text);
        if (ms !== undefined) expect(Date.parse(text)).toBe(ms);
      }),
      { numRuns: 500 },
    );
  });
});

describe('toSqlDateTime', () => {
  test('promise 7: is the text of a DATETIME(3), in UTC', () => {
    expect(toSqlDateTime(Date.UTC(2026, 2, 19, 22, 6, 45, 7))).toBe('2026-03-19 22:06:45.007');
  });

  test('promise 7: every instant is restored, and texts sort like their instants', () => {
    fc.assert(
      fc.property(anyInstant, anyInstant, (a, b) => {
        expect(fromSqlDateTime(toSqlDateTime(a))).toBe(a);
        expect(toSqlDateTime(a) < toSqlDateTime(b)).toBe(a < b);
      }),
    );
  });

  test('a DATETIME without milliseconds is read too', () => {
    expect(fromSqlDateTime('2026-03-19 22:06:45')).toBe(Date.UTC(2026, 2, 19, 22, 6, 45));
  });
});

describe('normalizeSqlDateTime', () => {
  test('promise 6: a DATETIME(3) that lost its zeros compares as it was written', () => {
    fc.assert(
      fc.property(anyInstant, (ms) => {
        const text = toSqlDateTime(ms);
        expect(normalizeSqlDateTime(text.replace(/\.000$/, ''))).toBe(text);
        expect(normalizeSqlDateTime(toSqlDateTime(ms - (ms % 1000)).slice(0, 19))).toMatch(/\.000$/);
      }),
    );
  });
});

describe('instantToSql', () => {
  test('promise 7: agrees with parseInstant on instants in UTC, other instants, and invalid text', () => {
    const near = fc.stringMatching(
      /^(0999|1000|1900|2000|2024|9999)-[01][0-9]-(0[0-9]|[23][0-9])[Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{3,4})?(Z|z|[+-]0[0-1]:00)$/,
    );
    let found = 0;
    fc.assert(
      fc.property(near, (text) => {
        const instant = parseInstant(text);
        expect(instantToSql(text)).toBe(instant === undefined ? undefined : toSqlDateTime(instant));
        if (instant !== undefined) found += 1;
      }),
      { numRuns: 5000 },
    );
    expect(found).toBeGreaterThan(300);
  });
});

describe('isCalendarDay', () => {
  test('promise 7: has the days of the calendar and no others', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9999 }), fc.nat(14), fc.nat(33), (year, month, day) => {
        const date = new Date(Date.UTC(2000, 0, 1));
        date.setUTCFullYear(year, month - 1, day);
        const exists =
          date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCFullYear() === year;
        expect(isCalendarDay(year, month, day)).toBe(exists && year >= 1000);
      }),
      { numRuns: 1000 },
    );
  });
});
