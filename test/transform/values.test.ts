import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FieldType } from '../../src/dataset/dataset.ts';
import { convertValue } from '../../src/transform/values.ts';

const key: FieldType = { kind: 'key' };
const string = (length: number): FieldType => ({ kind: 'string', length });
const text: FieldType = { kind: 'text' };
const longtext: FieldType = { kind: 'longtext' };
const integer: FieldType = { kind: 'integer' };
const decimal = (precision: number, scale: number): FieldType => ({ kind: 'decimal', precision, scale });
const boolean: FieldType = { kind: 'boolean' };
const date: FieldType = { kind: 'date' };
const timestamp: FieldType = { kind: 'timestamp' };
const kinds = [key, string(64), text, longtext, integer, decimal(14, 2), boolean, date, timestamp];

/** Undefined if the column does not hold exactly what was sent. */
const valueOf = (type: FieldType, value: unknown): string | null | undefined => {
  const result = convertValue(type, value);
  return result.rule === undefined ? result.value : undefined;
};
const ruleOf = (type: FieldType, value: unknown): string => {
  const result = convertValue(type, value);
  return result.rule ?? `no rule: ${result.value}`;
};

describe('nothing', () => {
  test.each(kinds)('promise 7: null and missing values are null in a $kind', (type) => {
    expect(convertValue(type, null)).toEqual({ value: null });
    expect(convertValue(type, undefined)).toEqual({ value: null });
  });

  test('promise 7: an empty text is an empty text if the column is text, and null elsewhere', () => {
    for (const type of [string(64), text, longtext]) expect(valueOf(type, '')).toBe('');
    for (const type of [integer, decimal(14, 2), boolean, date, timestamp])
      expect(valueOf(type, '')).toBeNull();
    expect(ruleOf(key, '')).toBe('a key must not be empty');
  });
});

describe('text', () => {
  test('promise 7: any text that fits is kept character for character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 64 }), (value) => {
        for (const type of [string(64), text, longtext]) {
          expect(valueOf(type, value)).toBe(value.isWellFormed() ? value : undefined);
        }
      }),
    );
  });

  test('promise 7: length is counted in characters, not in units of UTF-16', () => {
    expect(valueOf(string(64), '🏠'.repeat(64))).toBe('🏠'.repeat(64));
    expect(ruleOf(string(64), '🏠'.repeat(65))).toBe('has 65 characters, its column 64');
    expect(ruleOf(string(64), 'a'.repeat(65))).toBe('has 65 characters, its column 64');
    expect(valueOf(key, '🔑'.repeat(255))).toBe('🔑'.repeat(255));
    expect(ruleOf(key, 'k'.repeat(256))).toBe('has 256 characters, its column 255');
  });

  test('promise 7: the size of a TEXT is counted in bytes', () => {
    expect(valueOf(text, 'a'.repeat(65_535))).toHaveLength(65_535);
    expect(ruleOf(text, 'a'.repeat(65_536))).toBe('has 65536 bytes, its column 65535');
    expect(valueOf(text, 'é'.repeat(32_767))).toHaveLength(32_767);
    expect(ruleOf(text, 'é'.repeat(32_768))).toBe('has 65536 bytes, its column 65535');
    expect(ruleOf(text, '🏠'.repeat(16_384))).toBe('has 65536 bytes, its column 65535');
    expect(valueOf(longtext, 'é'.repeat(100_000))).toHaveLength(100_000);
    expect(ruleOf(longtext, 'a'.repeat(16_777_216))).toBe('has 16777216 bytes, its column 16777215');
  });

  test.each([key, string(64), text, longtext])(
    'promise 7: half a surrogate pair is named in a $kind',
    (type) => {
      expect(ruleOf(type, 'a\uD83C')).toBe('contains half a surrogate pair');
      expect(ruleOf(type, '\uDFE0\uD83C')).toBe('contains half a surrogate pair');
    },
  );

  test('promise 7: numbers and booleans are the text that JSON writes', () => {
    expect([12, -0.5, true, false].map((value) => valueOf(string(64), value))).toEqual([
      '12',
      '-0.5',
      'true',
      'false',
    ]);
  });

  test('promise 7: a comma-joined enum stays as sent, a list is joined by commas', () => {
    expect(valueOf(text, 'Dishwasher,TrashCompactor')).toBe('Dishwasher,TrashCompactor');
    expect(valueOf(text, ['Dishwasher', 'TrashCompactor'])).toBe('Dishwasher,TrashCompactor');
    expect(valueOf(text, ['One', 2, true])).toBe('One,2,true');
    expect(valueOf(text, [])).toBe('');
    expect(
      ruleOf(
        string(64),
        Array.from({ length: 33 }, () => 'a'),
      ),
    ).toBe('has 65 characters, its column 64');
  });

  test.each([[['a,b']], [[null]], [[['a']]], [[{}]], [['a', '\uD83C']]])(
    'promise 7: the list %j can’t be joined without a guess',
    (list) => {
      expect(ruleOf(text, list)).toBe('is a list that cannot be joined with commas');
    },
  );

  test('an object is not text', () => {
    expect(ruleOf(text, { a: 1 })).toBe('is not text');
    expect(ruleOf(key, {})).toBe('is not text');
  });
});

describe('integer', () => {
  test.each([
    [0, '0'],
    [-0, '0'],
    [1998, '1998'],
    ['1998', '1998'],
    [' 12 ', '12'],
    ['+5', '5'],
    ['007', '7'],
    ['3.000', '3'],
    [4, '4'],
    ['1.5e3', '1500'],
    ['2E2', '200'],
    [2_147_483_647, '2147483647'],
    ['-2147483648', '-2147483648'],
  ])('%j is %s', (value, whole) => {
    expect(valueOf(integer, value)).toBe(whole);
  });

  test.each([
    [1.5, 'is not a whole number'],
    ['1.05', 'is not a whole number'],
    ['1e-1', 'is not a whole number'],
    [2_147_483_648, 'is outside −2147483648 … 2147483647'],
    ['-2147483649', 'is outside −2147483648 … 2147483647'],
    ['99999999999999999999', 'is outside −2147483648 … 2147483647'],
    ['1e400', 'is outside −2147483648 … 2147483647'],
    [1e21, 'is outside −2147483648 … 2147483647'],
    [NaN, 'is not a number'],
    [Infinity, 'is not a number'],
    ['NaN', 'is not a number'],
    ['Infinity', 'is not a number'],
    ['1,000', 'is not a number'],
    ['0x10', 'is not a number'],
    ['--1', 'is not a number'],
    ['five', 'is not a number'],
    [' ', 'is not a number'],
    [true, 'is not a number'],
    [[1], 'is not a number'],
    [{}, 'is not a number'],
  ])('promise 7: %j %s', (value, rule) => {
    expect(ruleOf(integer, value)).toBe(rule);
  });

  test('promise 7: takes exactly the whole numbers of an INT, as numbers and as text', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 33n), max: 2n ** 33n }), (n) => {
        const fits = n >= -(2n ** 31n) && n < 2n ** 31n;
        expect(valueOf(integer, Number(n))).toBe(fits ? String(n) : undefined);
        expect(valueOf(integer, String(n))).toBe(fits ? String(n) : undefined);
      }),
    );
  });
});

describe('decimal', () => {
  test.each([
    [2_250_000, '2250000'],
    [308_000, '308000'],
    ['308000.0', '308000'],
    ['308000.50', '308000.5'],
    [-1, '-1'],
    [0.1, '0.1'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['+7.25', '7.25'],
    ['000123.4500', '123.45'],
    ['1.5e3', '1500'],
    ['15e-1', '1.5'],
    ['1E-2', '0.01'],
    ['0e999', '0'],
    ['0.000000', '0'],
    [' 12.5 ', '12.5'],
    ['999999999999.99', '999999999999.99'],
    [999_999_999_999.99, '999999999999.99'],
  ])('%j is %s', (value, exact) => {
    expect(valueOf(decimal(14, 2), value)).toBe(exact);
  });

  test.each([
    [0.125, 'has more than 2 digits after the point'],
    ['1.001', 'has more than 2 digits after the point'],
    ['1e-3', 'has more than 2 digits after the point'],
    ['0.1234567890123456789', 'has more than 2 digits after the point'],
    ['1000000000000', 'has more than 12 digits before the point'],
    [1e12, 'has more than 12 digits before the point'],
    ['1e400', 'has more than 12 digits before the point'],
    ['1e1000', 'is not a number'],
    [NaN, 'is not a number'],
    [Infinity, 'is not a number'],
    ['NaN', 'is not a number'],
    ['-Infinity', 'is not a number'],
    ['$5', 'is not a number'],
    ['1.2.3', 'is not a number'],
    ['.', 'is not a number'],
    ['e5', 'is not a number'],
    [false, 'is not a number'],
    [['1'], 'is not a number'],
  ])('promise 7: %j %s', (value, rule) => {
    expect(ruleOf(decimal(14, 2), value)).toBe(rule);
  });

  test('promise 7: what is exact equals what was sent, digit for digit; what is not is rounded half up, or is out of range', () => {
    const parts = fc.tuple(
      fc.constantFrom('', '-', '+'),
      fc.stringMatching(/^\d{1,16}$/),
      fc.stringMatching(/^\d{1,8}$/),
      fc.integer({ min: -9, max: 9 }),
    );
    fc.assert(
      fc.property(parts, ([sign, whole, fraction, exponent]) => {
        // The same number as a whole count of 10⁻¹⁷.
        const units = BigInt(whole + fraction) * 10n ** BigInt(exponent - fraction.length + 17);
        const isWhole = units % 10n ** 13n === 0n;
        const nearest = ((units + 5n * 10n ** 12n) / 10n ** 13n) * 10n ** 13n;
        const fits = nearest < 10n ** 25n;
        const { value: taken, action } = convertValue(
          decimal(12, 4),
          `${sign}${whole}.${fraction}e${exponent}`,
        );
        expect(action).toBe(fits ? (isWhole ? undefined : 'rounded') : 'null');
        if (taken === null) return;
        expect(taken).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
        const [before = '', after = ''] = taken.replace('-', '').split('.');
        const back = BigInt(before + after.padEnd(17, '0'));
        expect(taken.startsWith('-') ? -back : back).toBe(sign === '-' ? -nearest : nearest);
      }),
      { numRuns: 1000 },
    );
  });

  test('promise 7: a double is taken by the digits that JSON shows of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: -99_999_999, max: 99_999_999 }), (n) => {
        const double = n / 10_000;
        expect(Number(valueOf(decimal(16, 4), double))).toBe(double);
      }),
    );
  });

  test('promise 5: a number of a million digits does not keep the run busy for an hour', () => {
    const digits = `0.${'0'.repeat(1_000_000)}1`;
    // Only vm can stop a regular expression; what is linear ends a thousand times sooner.
    const rule = runInNewContext(
      'take()',
      { take: () => ruleOf(decimal(14, 2), digits) },
      { timeout: 2000 },
    ) as string;
    expect(rule).toBe('is not a number');
  });
});

describe('boolean', () => {
  test.each([
    [true, '1'],
    [false, '0'],
    ['true', '1'],
    ['FALSE', '0'],
    [1, '1'],
    ['0', '0'],
  ])('%j is %s', (value, flag) => {
    expect(valueOf(boolean, value)).toBe(flag);
  });

  test.each(['yes', 'Y', 2, -1, ' true', {}, []])('promise 7: %j is neither true nor false', (value) => {
    expect(ruleOf(boolean, value)).toBe('is neither true nor false');
  });

  test('promise 5: an object that hides its toString is neither true nor false', () => {
    expect(ruleOf(boolean, JSON.parse('{"toString":0}'))).toBe('is neither true nor false');
  });
});

describe('date', () => {
  test.each([
    ['2026-03-17', '2026-03-17'],
    ['2024-02-29', '2024-02-29'],
    ['1000-01-01', '1000-01-01'],
    ['9999-12-31', '9999-12-31'],
    ['2026-03-17T00:00:00.000Z', '2026-03-17'],
    ['2026-03-17T00:00:00-00:00', '2026-03-17'],
    ['2026-03-17T00:00', '2026-03-17'],
  ])('promise 7: %s stays the day %s', (value, day) => {
    expect(valueOf(date, value)).toBe(day);
  });

  test.each([
    '2026-02-30',
    '2026-02-29',
    '0000-00-00',
    '0001-01-01',
    '0999-12-31',
    '2026-13-01',
    '2026-04-31',
  ])('promise 7: %s is not a calendar day', (value) => {
    expect(ruleOf(date, value)).toBe('is not a calendar day, or is before the year 1000');
  });

  test.each([
    '2026-03-17T12:00:00Z',
    '2026-03-17T00:00:00-05:00',
    '2026-03-17T00:00:00.001Z',
    '17/03/2026',
    '20260317',
    '2026-3-17',
    ' 2026-03-17',
    '2026-03-17\n',
    20_260_317,
    true,
    {},
  ])('promise 7: %j is not a date', (value) => {
    expect(ruleOf(date, value)).toBe('is not a date');
  });
});

describe('timestamp', () => {
  test.each([
    ['2026-03-19T22:06:45.773-00:00', '2026-03-19 22:06:45.773'],
    ['2026-03-21T12:00:00.000-04:00', '2026-03-21 16:00:00.000'],
    ['2026-03-21T12:00:00+05:30', '2026-03-21 06:30:00.000'],
    ['2026-12-31T23:59:59.9996Z', '2026-12-31 23:59:59.999'],
  ])('promise 7: %s is %s in UTC', (value, utc) => {
    expect(valueOf(timestamp, value)).toBe(utc);
  });

  test.each([
    '2026-03-19T22:06:45',
    '2026-02-30T00:00:00Z',
    '0000-00-00T00:00:00Z',
    '0001-01-01T00:00:00Z',
    1773957005,
    {},
  ])('promise 7: %j is not a timestamp', (value) => {
    expect(ruleOf(timestamp, value)).toBe('is not a timestamp with an offset in the years 1000 to 9999');
  });
});

describe('what does not fit', () => {
  test.each([
    [decimal(12, 8), 30.267155119999998, '30.26715512'],
    [decimal(16, 4), 0.22956841138659, '0.2296'],
    [decimal(14, 2), '0.005', '0.01'],
    [decimal(14, 2), '-0.005', '-0.01'],
    [decimal(14, 2), '-0.004', '0'],
    [decimal(14, 2), '0.0049999999999999999', '0'],
    [decimal(14, 2), '99.995', '100'],
    [integer, 1990.5, '1991'],
    [integer, '-2.5', '-3'],
    [integer, '0.4', '0'],
  ] as const)('promise 7: in a %o %s is rounded half up to %s', (type, value, rounded) => {
    expect(convertValue(type, value)).toMatchObject({ value: rounded, action: 'rounded' });
  });

  test('promise 7: a number that rounding carries out of its range is NULL', () => {
    expect(convertValue(decimal(4, 2), '99.995')).toMatchObject({ value: null, action: 'null' });
    expect(convertValue(integer, '2147483647.5')).toMatchObject({ value: null, action: 'null' });
  });

  test.each([
    ['449000.00000000006', true],
    ['448999.99999999994', true],
    ['449000.000000001', true],
    ['449000.00000001', false],
    ['448999.99999998', false],
    ['449000.005', false],
    ['0.0149', false],
  ])('promise 7: the digits of %s beyond its column are noise: %s', (value, isNoise) => {
    expect(convertValue(decimal(14, 2), value).isNoise === true).toBe(isNoise);
  });

  test('promise 7: a text is cut between characters', () => {
    expect(convertValue(string(64), '🏠'.repeat(65))).toMatchObject({
      value: '🏠'.repeat(64),
      action: 'cut',
    });
    for (const [character, bytes] of [
      ['🏠', 4],
      ['樹', 3],
      ['é', 2],
      ['\uFFFD', 3],
    ] as const) {
      for (let before = 0; before < 4; before += 1) {
        const sent = 'x'.repeat(before) + character.repeat(70_000 / bytes);
        const kept = Math.floor((65_535 - before) / bytes);
        expect(convertValue(text, sent)).toMatchObject({
          value: 'x'.repeat(before) + character.repeat(kept),
          action: 'cut',
        });
      }
    }
  });

  test('promise 7: half a surrogate pair is replaced, the rest of the text stays', () => {
    expect(convertValue(text, 'a\uD83C b')).toMatchObject({ value: 'a\uFFFD b', action: 'replaced' });
  });

  test('promise 7: a key is never cut or repaired', () => {
    for (const value of ['k'.repeat(256), 'a\uD83C', ''])
      expect(convertValue(key, value)).toMatchObject({ value: null, action: 'null' });
  });

  test.each(kinds)(
    'promise 7: anything in a $kind is a value, and names its rule if it is not exact',
    (type) => {
      fc.assert(
        fc.property(fc.jsonValue(), (value) => {
          const result = convertValue(type, value);
          expect(result.rule === undefined).toBe(result.action === undefined);
          if (result.action === 'null') expect(result.value).toBeNull();
        }),
      );
    },
  );
});
