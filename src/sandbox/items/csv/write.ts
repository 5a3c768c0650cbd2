import { encodeWindows1252 } from '../../shared/encode-windows-1252.ts';
import { LOGIN_PAGE } from '../login-page.ts';
import type { Dialect } from './dialects.ts';

/** One row in this many is damaged in `ragged` and `broken-quotes`: the third of each group. */
const DAMAGE_INTERVAL = 10;

/** Writes a table as the bytes of a CSV file. */
export function writeCsv(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  dialect: Dialect,
): Buffer {
  if (dialect.damage === 'html') return Buffer.from(LOGIN_PAGE);
  const names = dialect.damage === 'duplicate-header' ? [...header.slice(0, -1), header[0]!] : header;
  const lines = [
    ...dialect.before,
    joinCells(names, dialect),
    ...(dialect.damage === 'no-rows' ? [] : rows.map((row, index) => writeRow(row, index, dialect))),
  ];
  const text = lines.map((line, index) => line + endOf(dialect, index)).join('');
  return encode(dialect.damage === 'no-last-end' ? text.replace(/\r?\n$/, '') : text, dialect);
}

function writeRow(row: readonly string[], index: number, dialect: Dialect): string {
  const cells = dialect.hasDecimalComma ? row.map(swapSeparators) : row;
  if (index % DAMAGE_INTERVAL !== 2) return joinCells(cells, dialect);
  const nth = Math.floor(index / DAMAGE_INTERVAL);
  switch (dialect.damage) {
    case 'ragged':
      return joinCells(nth % 2 === 0 ? cells.slice(0, -2) : [...cells, 'one', 'too many'], dialect);
    case 'broken-quotes':
      return joinCells(cells, dialect).replace(/[A-Z]/, (letter) => `${letter}"`);
    case 'nul':
      return joinCells(cells, dialect).replace(/$/, '\0');
    case 'duplicate-header':
    case 'no-last-end':
    case 'no-rows':
    case 'html':
    case undefined:
      return joinCells(cells, dialect);
  }
}

/** `1,250.00` becomes `1.250,00`. */
function swapSeparators(cell: string): string {
  if (!/^-?\d{1,3}(,\d{3})*\.\d+$/.test(cell)) return cell;
  return cell.replaceAll(/[,.]/g, (separator) => (separator === ',' ? '.' : ','));
}

/** Quotes a cell only if it must be (RFC 4180). */
function joinCells(cells: readonly string[], { delimiter }: Dialect): string {
  return cells
    .map((cell) =>
      cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
    )
    .join(delimiter);
}

function endOf({ end }: Dialect, index: number): string {
  return end === 'mixed' ? (['\r\n', '\n', '\r'] as const)[index % 3]! : end;
}

function encode(text: string, { encoding, hasMark }: Dialect): Buffer {
  const marked = hasMark ? `\uFEFF${text}` : text;
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(marked);
    case 'windows-1252':
      return encodeWindows1252(text);
    case 'utf-16le':
      return Buffer.from(marked, 'utf16le');
    case 'utf-16be':
      return Buffer.from(marked, 'utf16le').swap16();
  }
}
