import type { Cell, Column, Row } from './column.ts';

/** Digits after the point of a number in the database. */
const SCALE = 8;

export type ExpectedRow = Record<string, string | null>;

/** The values of a row in the database, as text. */
export function expectRow(columns: readonly Column[], row: Row): ExpectedRow {
  return Object.fromEntries(columns.map((column, i) => [column.column, expectValue(column, row[i] ?? null)]));
}

function expectValue({ kind }: Column, cell: Cell): string | null {
  if (cell === null) return null;
  if (typeof cell === 'object') return cell.value;
  if (kind !== 'N' && kind !== 'H') return String(cell);
  const [whole, fraction = ''] = String(cell).split('.');
  return `${whole}.${fraction.padEnd(SCALE, '0')}`;
}
