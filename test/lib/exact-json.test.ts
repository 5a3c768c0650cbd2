import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExact } from '../../src/lib/exact-json.ts';

/** A JSON text, and the same value with each number as the digits it was written with. */
type Written = { readonly json: string; readonly digits: unknown };

class Digits {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const numbers = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.stringMatching(/^(0|[1-9]\d{0,30})$/),
    fc.stringMatching(/^(\.\d{1,30})?$/),
    fc.stringMatching(/^([eE][+-]?\d{1,3})?$/),
  )
  .map((parts) => parts.join(''));
const space = fc.stringMatching(/^[ \t\n\r]{0,3}$/);
const strings = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '12345678901234567890',
    ',12345678901234567890',
    '":1e400,"',
    '\\',
    '\\"',
    '[1e5',
    'a\\',
    '__proto__',
  ),
);

const written = fc.letrec<{ value: Written }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    numbers.map((json): Written => ({ json, digits: new Digits(json) })),
    strings.map((text): Written => ({ json: JSON.stringify(text), digits: text })),
    fc.constantFrom<Written>(
      { json: 'true', digits: true },
      { json: 'false', digits: false },
      { json: 'null', digits: null },
    ),
    fc.tuple(space, fc.array(tie('value'), { maxLength: 5 })).map(([gap, items]): Written => ({
      json: `[${gap}${items.map((item) => item.json).join(`${gap},${gap}`)}${gap}]`,
      digits: items.map((item) => item.digits),
    })),
    fc
      .tuple(
        space,
        fc.uniqueArray(fc.tuple(strings, tie('value')), { selector: ([name]) => name, maxLength: 5 }),
      )
      .map(([gap, members]): Written => ({
        json: `{${gap}${members.map(([name, item]) => `${JSON.stringify(name)}${gap}:${gap}${item.json}`).join(`,${gap}`)}${gap}}`,
        digits: new Map(members.map(([name, item]) => [name, item.digits])),
      })),
  ),
})).value;

/** Fails if a digit was altered, or anything other than a number. */
function same(parsed: unknown, digits: unknown): void {
  if (digits instanceof Digits) {
    if (typeof parsed === 'number') {
      // Equal to what was written, and so short that a double holds it exactly.
      expect(normal(String(parsed))).toBe(normal(digits.text));
    } else expect(parsed).toBe(digits.text);
  } else if (digits instanceof Map) {
    expect(new Set(Object.keys(parsed as object))).toEqual(new Set(digits.keys()));
    for (const [name, value] of digits as Map<string, unknown>) {
      same(Object.getOwnPropertyDescriptor(parsed, name)?.value, value);
    }
  } else if (Array.isArray(digits)) {
    expect((parsed as unknown[]).length).toBe(digits.length);
    digits.forEach((value, index) => same((parsed as unknown[])[index], value));
  } else expect(parsed).toBe(digits);
}

/** A decimal number as sign, digits without zeros at the ends, and the place of the point: equal numbers read alike. */
function normal(text: string): string {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const all = `${whole}${fraction}`;
  const from = all.search(/[1-9]/);
  if (from < 0) return '0';
  return `${sign}${all.slice(from).replace(/0+$/, '')} ${whole.length - from + Number(exponent)}`;
}

describe('parseExact', () => {
  test('promise 7: numbers that a double holds are returned as numbers', () => {
    expect(parseExact('{"a":2250000,"b":308000.0,"c":-97.12345678,"d":0}')).toEqual({
      a: 2_250_000,
      b: 308_000,
      c: -97.123_456_78,
      d: 0,
    });
  });

  test('promise 7: numbers with more digits than a double holds are returned as text', () => {
    expect(parseExact('{"MediaKey":2003905820472123456789,"Lat":[30.1234567890123456,1e400,-1E-7]}')).toEqual(
      {
        MediaKey: '2003905820472123456789',
        Lat: ['30.1234567890123456', '1e400', '-1E-7'],
      },
    );
  });

  test('promise 7: digits inside a string are unchanged', () => {
    const record = { Remarks: 'call [12345678901234567890], or: 1e5 "\\', n: '12345678901234567890' };
    expect(parseExact(`${JSON.stringify(record).slice(0, -1)},"x":12345678901234567890}`)).toEqual({
      ...record,
      x: '12345678901234567890',
    });
  });

  test.each(['', '{', '{"a":1', '[1,]', 'NaN', '{"a":Infinity}', '{"a":01}', "{'a':1}"])(
    '%j is no JSON',
    (json) => {
      expect(() => parseExact(json)).toThrow(SyntaxError);
    },
  );

  test('promise 7: no digit and nothing else is altered', () => {
    fc.assert(
      fc.property(written, ({ json, digits }) =>
        same((parseExact(`{"v":${json}}`) as { v: unknown }).v, digits),
      ),
      { numRuns: 1000 },
    );
  });
});
