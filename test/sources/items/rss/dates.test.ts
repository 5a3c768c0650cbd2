import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFeedDate } from '../../../../src/sources/items/rss/dates.ts';

describe('dates of feeds', () => {
  test.each([
    ['Mon, 05 Oct 2026 12:00:00 GMT', '2026-10-05T12:00:00.000Z'],
    ['Mon, 5 Oct 2026 12:00 EST', '2026-10-05T17:00:00.000Z'],
    ['05 Oct 2026 12:00:00 PDT', '2026-10-05T19:00:00.000Z'],
    ['Mon, 05 Oct 2026 12:00:00 CET', '2026-10-05T11:00:00.000Z'],
    ['Mon, 05 October 2026 12:00:00 +0530', '2026-10-05T06:30:00.000Z'],
    ['Mon, 05-Oct-2026 12:00:00 +05:30', '2026-10-05T06:30:00.000Z'],
    ['Sat, 05 Sept 26 12:00:00 Z', '2026-09-05T12:00:00.000Z'],
    ['Sun, 05 Oct 97 12:00:00 UT', '1997-10-05T12:00:00.000Z'],
    ['Mon, 05 Oct 2026 12:00:00', '2026-10-05T12:00:00.000Z'],
    ['Mon, 05 Oct 2026', '2026-10-05T00:00:00.000Z'],
    ['Mon, 05 Oct 2026 12:00:00 -0400 (EDT)', '2026-10-05T16:00:00.000Z'],
    ['Wed, 31 Dec 2025 23:59:60 GMT', '2025-12-31T23:59:59.000Z'],
    ['2026-10-05T12:00:00Z', '2026-10-05T12:00:00.000Z'],
    ['2026-10-05T12:00:00.1239+02:00', '2026-10-05T10:00:00.123Z'],
    ['2026-10-05 12:00:00', '2026-10-05T12:00:00.000Z'],
    ['2026-10-05 12:00 UTC', '2026-10-05T12:00:00.000Z'],
    ['2026-10-05', '2026-10-05T00:00:00.000Z'],
    [' 2026-10-05T12:00:00+02 ', '2026-10-05T10:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(parseFeedDate(text)).toBe(expected);
  });

  test('a zone beyond 14 hours is a mistake, and left out', () => {
    expect(parseFeedDate('Mon, 05 Oct 2026 12:00:00 +9900')).toBe('2026-10-05T12:00:00.000Z');
    expect(parseFeedDate('2026-10-05T12:00:00+14:00')).toBe('2026-10-04T22:00:00.000Z');
    expect(parseFeedDate('2026-10-05T12:00:00-14:30')).toBe('2026-10-05T12:00:00.000Z');
  });

  test.each([
    '05.10.2026',
    '10/05/2026',
    '5. Oktober 2026 12:00',
    'lun., 05 oct. 2026 12:00:00 +0200 heure',
    'Mon, 31 Feb 2026 12:00:00 GMT',
    '2026-02-30',
    'Mon, 05 Oct 2026 25:00:00 GMT',
    'Mon, 05 Oct 2026 12:00:00 XYZ',
    'yesterday',
    '',
  ])('pitfall 32: %j is not guessed at', (text) => {
    expect(parseFeedDate(text)).toBeUndefined();
  });

  test('pitfall 32: the zone of this machine plays no part', () => {
    const { TZ } = process.env;
    const offsets = new Set<number>();
    const read = new Set<string | undefined>();
    for (const zone of ['UTC', 'America/Chicago', 'Pacific/Kiritimati']) {
      process.env['TZ'] = zone;
      offsets.add(new Date(2026, 9, 5).getTimezoneOffset());
      read.add(parseFeedDate('2026-10-05 12:00:00')).add(parseFeedDate('Mon, 05 Oct 2026 12:00:00'));
    }
    if (TZ === undefined) delete process.env['TZ'];
    else process.env['TZ'] = TZ;
    expect([offsets.size, [...read]]).toEqual([3, ['2026-10-05T12:00:00.000Z']]);
  });

  test('any instant in either form comes back', () => {
    const instant = fc.date({
      min: new Date('1990-01-01T00:00:00Z'),
      max: new Date('2099-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, (date) => {
        expect(parseFeedDate(date.toISOString())).toBe(date.toISOString());
        const seconds = new Date(Math.trunc(date.getTime() / 1000) * 1000).toISOString();
        expect(parseFeedDate(date.toUTCString())).toBe(seconds);
      }),
    );
  });
});
