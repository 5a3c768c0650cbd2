import type { Cell } from '../format/column.ts';

/** Values that free text of appraisal files has: stray quotes, a backslash before a tab, 8-bit bytes, NUL. */
const ODD_TEXTS: readonly Cell[] = [
  '2" PIPE',
  'CALLED "SKIP" BY ALL',
  '"',
  'END \\',
  'D\u00C9J\u00C0 VU',
  'OWNER\u2019S NOTE',
  'NO\u00A0BREAK',
  'A\u0081B',
  'CAF\u00E9 A\u00F1O',
  'NULL',
  { raw: '\0', value: null },
  { raw: 'AB\0CD', value: 'ABCD' },
  ' LEADING BLANK',
  { raw: 'TRAILING BLANKS   ', value: 'TRAILING BLANKS' },
];

/** One row in this many has an odd text. */
const ODD_INTERVAL = 37;

/** The text, or an odd one if the row with this number has one. */
export function oddText(text: Cell, nth: number): Cell {
  return nth % ODD_INTERVAL === 5 ? ODD_TEXTS[Math.floor(nth / ODD_INTERVAL) % ODD_TEXTS.length]! : text;
}

/** A text that is longer than its published length. */
export function tooLongText(size: number): string {
  return 'LONGER THAN PUBLISHED '.repeat(Math.ceil(size / 22) + 1).trim();
}
