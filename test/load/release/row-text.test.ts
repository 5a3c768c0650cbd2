import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRows } from '../../../src/load/release/read-row-text.ts';
import { LINES, TUPLES, writeRows } from '../../../src/load/release/row-text.ts';

const notations = [
  ['LOAD DATA', LINES, (nth: number) => `2026\t${nth}`],
  ['INSERT', TUPLES, (nth: number) => `2026,${nth}`],
] as const;

const value = fc.option(
  fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.string({
      unit: fc.constantFrom('a', '\\', '\t', '\n', "'", '$', 'é', '😀'),
      minLength: 50,
      maxLength: 90,
    }),
    fc.constantFrom(
      '',
      'NULL',
      '\\N',
      'N',
      "'",
      "''",
      "),('",
      '\\',
      '\\\\',
      'a\tb\nc',
      '\0',
      '\u0081',
      '’',
      '😀',
    ),
  ),
);

describe('rows as text', () => {
  test.each(notations)('for %s are read as they were written', (_, notation, before) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.infiniteStream(value), (width, values) => {
        const all = [...values.take(4 * width)];
        const rows = Array.from({ length: 4 }, (__, nth) => all.slice(nth * width, (nth + 1) * width));
        expect(readRows(notation, writeRows(notation, rows, before), 2)).toEqual(rows);
      }),
    );
  });

  test('have the escapes of their statement', () => {
    const rows = [["it's", null, 'a\\b\tc\nd']];
    expect(writeRows(LINES, rows, () => '2026').toString()).toBe("2026\tit's\t\\N\ta\\\\b\\\tc\\\nd\n");
    expect(writeRows(TUPLES, rows, () => '2026').toString()).toBe("(2026,'it''s',NULL,'a\\b\tc\nd'),");
  });

  test('are as long as they need to be', () => {
    const rows = Array.from({ length: 3 }, () => ['é'.repeat(300_000), 'x'.repeat(400_000), null]);
    expect(
      readRows(
        LINES,
        writeRows(LINES, rows, () => '2026'),
        1,
      ),
    ).toEqual(rows);
  });

  test('have U+FFFD for half of a surrogate pair', () => {
    expect(
      readRows(
        LINES,
        writeRows(LINES, [['a\ud83d']], () => '2026'),
        1,
      ),
    ).toEqual([['a\ufffd']]);
    const long = 'a'.repeat(100);
    expect(
      readRows(
        LINES,
        writeRows(LINES, [[`${long}\ud83d`]], () => '2026'),
        1,
      ),
    ).toEqual([[`${long}\ufffd`]]);
  });
});
