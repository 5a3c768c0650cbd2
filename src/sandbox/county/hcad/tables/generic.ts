import { drawNumber } from '../../data/draw.ts';
import type { District } from '../../data/district.ts';
import { oddText } from '../../data/odd-text.ts';
import type { Cell, Column, Row } from '../../format/column.ts';

const WORDS = ['STEEL', 'FRAME', 'GENERAL', 'RETAIL', 'NORTH', 'MAIN', 'UNIT', 'OFFICE'];

/** Makes rows of files that nothing else depends on: business accounts, hearings, code tables. `ids` are the first column. */
export function* genericRows(
  columns: readonly Column[],
  district: District,
  ids: Iterable<string>,
): Generator<Row> {
  let n = 0;
  for (const id of ids) {
    n++;
    yield columns.map((column, i) => (i === 0 ? id : genericCell(column, n, i, district)));
  }
}

/** Numbers from 1 as text with this many digits, as many of them as there are. */
export function* numbersUpTo(count: number, digits: number): Generator<string> {
  for (let n = 1; n <= count && n < 10 ** digits; n++) yield String(n).padStart(digits, '0');
}

function genericCell(column: Column, n: number, i: number, district: District): Cell {
  const luck = drawNumber(district.seed, n, i);
  if (!column.isRequired && luck < 0.2) return null;
  const number = Math.floor(luck * 9_000) + n;
  switch (column.kind) {
    case 'D':
      return `${district.year}-0${(n % 9) + 1}-1${i % 10}`;
    case 'Y':
      return district.year;
    case 'I':
    case 'M':
      return i === 1 ? 1 : number;
    case 'N':
    case 'H':
      return `${n % 2}.5`;
    case 'F':
      return luck < 0.5 ? 'Y' : 'N';
    case 'A':
      return String(n).padStart(column.size, '0');
    case 'C':
      return String(n % 10 ** Math.min(column.size, 3)).padStart(Math.min(column.size, 3), '0');
    case 'T':
      return i === 2 ? oddText(`${WORDS[n % WORDS.length]} ${number}`, n) : shortText(column.size, n, number);
  }
}

function shortText(size: number, n: number, number: number): string {
  return `${WORDS[n % WORDS.length]} ${number}`.slice(0, size).trim();
}
