import type { Cell, Column, Row } from './column.ts';
import type { LineFormat, RejectedLine } from './lines.ts';

/** Forms of "no date" in the files of Harris County; the last one is day zero of a spreadsheet. */
const NO_DATES = ['', ' ', '12/30/1899'];

/** Lines of fields with a separator between them, without quotes. */
export function delimitedFormat(
  columns: readonly Column[],
  separator: string,
  noDates: readonly string[] = NO_DATES,
): LineFormat {
  const fieldsOf = (row: Row, nth: number): string[] =>
    columns.map((column, i) => writeCell(column, row[i] ?? null, nth + i, noDates));
  return {
    write: (row, nth) => fieldsOf(row, nth).join(separator),
    damage: (row, nth, way) => damageFields(fieldsOf(row, nth), separator, way),
  };
}

function damageFields(
  fields: readonly string[],
  separator: string,
  way: number,
): Omit<RejectedLine, 'line'>[] {
  const raw = fields.join(separator);
  const broken = Math.floor(fields.length / 2);
  if (way % 3 === 1)
    return [{ reason: 'too-many-fields', raw: raw.replace(separator, separator + separator) }];
  // Both parts of a broken line must have fewer fields than a whole one.
  if (way % 3 === 2 && fields.length > 2) {
    const [before, after] = [fields.slice(0, broken), fields.slice(broken + 1)];
    return [
      { reason: 'too-few-fields', raw: [...before, 'BROKEN'].join(separator) },
      { reason: 'too-few-fields', raw: ['LINE', ...after].join(separator) },
    ];
  }
  return [{ reason: 'too-few-fields', raw: raw.replace(separator, ' ') }];
}

function writeCell(column: Column, cell: Cell, turn: number, noDates: readonly string[]): string {
  if (cell !== null && typeof cell === 'object') return cell.raw;
  const text =
    cell === null
      ? writeNothing(column, turn, noDates)
      : column.kind === 'D'
        ? writeDate(String(cell))
        : String(cell);
  return column.isPadded ? text.padEnd(column.size) : text;
}

/** The forms of "none": nothing, one blank, the column's width in blanks, a form of no date, year 0. */
function writeNothing({ kind, isRequired }: Column, turn: number, noDates: readonly string[]): string {
  if (kind === 'D') return noDates[turn % noDates.length]!;
  if (kind === 'Y') return turn % 2 === 0 ? '0' : '';
  return isRequired || turn % 3 === 0 ? ' ' : '';
}

/** `2026-08-14` becomes `08/14/2026`. */
function writeDate(date: string): string {
  return `${date.slice(5, 7)}/${date.slice(8, 10)}/${date.slice(0, 4)}`;
}
