import { describe, expect, test } from 'vitest';
import type { LayoutColumn } from '../../../../src/sources/county/layouts/layout.ts';
import { createConverter } from '../../../../src/sources/county/parse/convert.ts';

const column = (part: Partial<LayoutColumn>): LayoutColumn => ({
  name: 'x',
  aliases: [],
  column: 'x',
  kind: 'text',
  length: 10,
  span: undefined,
  isOptional: false,
  nulls: [],
  dates: ['MM/DD/YYYY', 'YYYY-MM-DD'],
  decimals: 0,
  letters: undefined,
  ...part,
});

/** Converts the text in the middle of a longer one: a converter must not look outside of its part. */
function convert(part: Partial<LayoutColumn>, text: string, isFixed = false) {
  return createConverter(column(part), isFixed)(`9${text}9`, 1, 1 + text.length);
}

describe.each(['text', 'account', 'code', 'flag'] as const)('a %s', (kind) => {
  test.each([
    ['A', 'A'],
    ['0990010000012            ', '0990010000012'],
    ['  A  ', '  A'],
    ['', null],
    [' ', null],
    ['     ', null],
    ['"', '"'],
    ['\\', '\\'],
    ['\u00a0', '\u00a0'],
  ])('%j is %j', (text, value) => {
    expect(convert({ kind }, text)).toBe(value);
  });

  test('loses blanks on the left in a fixed line', () => {
    expect(convert({ kind }, '  A  ', true)).toBe('A');
    expect(convert({ kind }, '     ', true)).toBeNull();
  });
});

describe.each(['integer', 'money'] as const)('%s', (kind) => {
  test.each([
    ['0', '0'],
    ['385000', '385000'],
    ['  385000  ', '385000'],
    ['000000012', '12'],
    ['000', '0'],
    ['-12', '-12'],
    ['-0', '0'],
    ['+7', '7'],
    ['600.', '600'],
    ['600.00', '600'],
    ['999999999999999999', '999999999999999999'],
    ['', null],
    ['   ', null],
  ])('%j is %j', (text, value) => {
    expect(convert({ kind }, text)).toBe(value);
  });

  test.each(['Pending', '1,000', '1e3', '600.5', '-', '+', '.', '1 2', '9999999999999999999', '$5', '--1'])(
    '%j cannot be converted',
    (text) => {
      expect(convert({ kind }, text)).toBeUndefined();
    },
  );
});

describe('a number', () => {
  test.each([
    ['0.620000', '0.620000'],
    ['1836906.00', '1836906.00'],
    ['3', '3'],
    [' 3.00 ', '3.00'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['-.25', '-0.25'],
    ['+1.5', '1.5'],
    ['007.50', '7.50'],
    ['0.123456785', '0.12345679'],
    ['0.123456784999', '0.12345678'],
    ['9.999999999', '10.00000000'],
    ['1.000000000000', '1.00000000'],
    ['1234567890123456.5', '1234567890123456.5'],
    ['', null],
    ['  ', null],
  ])('%j is %j', (text, value) => {
    expect(convert({ kind: 'number' }, text)).toBe(value);
  });

  test.each(['.', '-', '-.', '1.2.3', 'A', '1,5', '12345678901234567', '1e5', 'Infinity'])(
    '%j cannot be converted',
    (text) => {
      expect(convert({ kind: 'number' }, text)).toBeUndefined();
    },
  );

  test.each([
    ['0000000000012500', '1.2500'],
    ['5', '0.0005'],
    ['0', '0.0000'],
    ['-12500', '-1.2500'],
    ['1.25', '1.25'],
  ])('%j with four implied decimals is %j', (text, value) => {
    expect(convert({ kind: 'number', decimals: 4 }, text, true)).toBe(value);
  });
});

describe('a year', () => {
  test.each([
    ['2025', '2025'],
    ['02025', '2025'],
    ['0   ', null],
    ['0000', null],
    ['    ', null],
    ['987', '987'],
    ['12345', undefined],
    ['20 5', undefined],
    ['-2025', undefined],
  ])('%j is %j', (text, value) => {
    expect(convert({ kind: 'year' }, text)).toBe(value);
  });
});

describe('a date', () => {
  test.each([
    ['03/19/2024', '2024-03-19'],
    ['3/9/2024', '2024-03-09'],
    [' 03/19/2024 ', '2024-03-19'],
    ['02/29/2024', '2024-02-29'],
    ['2012-09-11 00:00:00.000', '2012-09-11'],
    ['03/19/2024 10:15', '2024-03-19'],
    ['03/19/2024 10:15:00 AM', '2024-03-19'],
    ['12/30/1899', null],
    ['1899-12-30 00:00:00.000', null],
    ['12/31/1899', '1899-12-31'],
    ['00/00/0000', null],
    ['0', null],
    ['', null],
    ['          ', null],
    ['02/30/2024', undefined],
    ['02/29/2023', undefined],
    ['13/01/2024', undefined],
    ['03/19/24', undefined],
    ['03-19-2024', undefined],
    ['03/19/2024x', undefined],
    ['Pending', undefined],
    ['03/19/0999', undefined],
  ])('%j is %j', (text, value) => {
    expect(convert({ kind: 'date' }, text)).toBe(value);
  });

  test('has the forms of its column', () => {
    const pacs = { kind: 'date', dates: ['MMDDYYYY', 'MM-DD-YYYY'] } as const;
    expect(convert(pacs, '03192024                 ', true)).toBe('2024-03-19');
    expect(convert(pacs, '03-19-2024', true)).toBe('2024-03-19');
    expect(convert(pacs, '3192024', true)).toBeUndefined();
    expect(convert({ kind: 'date', dates: ['YYYYMMDD'] }, '20240319')).toBe('2024-03-19');
    expect(convert({ kind: 'date', dates: ['DD.MM.YYYY'] }, '19.03.2024')).toBe('2024-03-19');
  });
});

test('words that mean NULL are null, with blanks around them or not, and only these', () => {
  const money = { kind: 'money', nulls: ['Pending', 'N/A'] } as const;
  expect(convert(money, 'Pending')).toBeNull();
  expect(convert(money, ' N/A  ')).toBeNull();
  expect(convert(money, 'Pend')).toBeUndefined();
  expect(convert(money, '12')).toBe('12');
  expect(convert({ kind: 'text', nulls: ['Pending'] }, 'Pending sale')).toBe('Pending sale');
});

test('letters of a flag become 1 and 0', () => {
  const flag = { kind: 'flag', letters: { yes: ['T', 'Y'], no: ['F'] } } as const;
  expect(['T', 'Y ', 'F', ' ', '', 'X'].map((text) => convert(flag, text))).toEqual([
    '1',
    '1',
    '0',
    null,
    null,
    undefined,
  ]);
});
