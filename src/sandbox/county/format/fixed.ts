import type { Cell } from './column.ts';
import type { LineFormat } from './lines.ts';
import type { FixedColumn } from './fixed-column.ts';

/** Records of fixed width: whole numbers at the right with zeros, text at the left with blanks, acres without their point. */
export function fixedFormat(columns: readonly FixedColumn[], length: number): LineFormat {
  const gaps = columns.map(({ start }, i) => ' '.repeat(start - endOf(columns[i - 1])));
  const rest = ' '.repeat(length - endOf(columns.at(-1)));
  const write: LineFormat['write'] = (row) => {
    let text = '';
    for (let i = 0; i < columns.length; i++) text += gaps[i]! + writeField(columns[i]!, row[i] ?? null);
    return text + rest;
  };
  return {
    write,
    damage(row, nth, way) {
      const raw = write(row, nth);
      if (way % 3 === 0) return [{ reason: 'wrong-length', raw: raw.slice(1) }];
      if (way % 3 === 1) return [{ reason: 'wrong-length', raw: ` ${raw}` }];
      const half = Math.floor(length / 2);
      return [raw.slice(0, half), raw.slice(half)].map((part) => ({ reason: 'wrong-length', raw: part }));
    },
  };
}

/** Characters up to the end of a field. */
function endOf(column: FixedColumn | undefined): number {
  return column === undefined ? 0 : column.start + column.size;
}

function writeField({ kind, size }: FixedColumn, cell: Cell): string {
  if (cell === null) return ''.padEnd(size);
  if (typeof cell === 'object') return cell.raw.padEnd(size);
  const text = String(cell);
  if (kind === 'I' || kind === 'M' || kind === 'Y') return text.padStart(size, '0');
  if (kind === 'N') return text.padStart(size);
  if (kind === 'H')
    return Math.round(Number(text) * 10_000)
      .toString()
      .padStart(size, '0');
  // MMDDYYYY
  if (kind === 'D') return `${text.slice(5, 7)}${text.slice(8, 10)}${text.slice(0, 4)}`.padEnd(size);
  return text.padEnd(size);
}
