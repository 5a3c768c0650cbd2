import type { District } from '../data/district.ts';
import { encodeWindows1252 } from '../../shared/encode-windows-1252.ts';
import { type WrittenRow, writeRows } from '../format/lines.ts';
import type { CountyTable } from '../table.ts';

/** Ways in which a file differs from what is published. */
export type MemberChanges = {
  readonly hasNoHeader: boolean;
  readonly hasHalfOfRows: boolean;
  readonly renamed: { readonly from: string; readonly to: string } | undefined;
};

/** Characters that are written at once. */
const CHUNK_LENGTH = 1 << 16;

/** The rows of a file, as they are written. */
export function writtenRows(table: CountyTable, district: District): Iterable<WrittenRow> {
  return writeRows(table.rows(district), table.format, table);
}

/** The bytes of a file, in chunks of about 64 KB. */
export function* memberChunks(
  table: CountyTable,
  district: District,
  changes: MemberChanges,
): Generator<Buffer> {
  let text = headerOf(table, changes);
  const most = changes.hasHalfOfRows ? Math.floor(countRows(table, district) / 2) : Infinity;
  let rows = 0;
  for (const written of writtenRows(table, district)) {
    if (rows++ >= most) break;
    if (text.length >= CHUNK_LENGTH) {
      yield encodeWindows1252(text);
      text = '';
    }
    text += written.text;
  }
  yield encodeWindows1252(table.isLastLineEnded ? text : text.replace(/\r?\n$/, ''));
}

function headerOf(table: CountyTable, { hasNoHeader, renamed }: MemberChanges): string {
  if (table.header === undefined || hasNoHeader) return '';
  const header = `${table.header}\r\n`;
  return renamed === undefined
    ? header
    : header.replace(new RegExp(String.raw`\b${renamed.from}\b`), renamed.to);
}

function countRows(table: CountyTable, district: District): number {
  let count = 0;
  for (const _ of table.rows(district)) count++;
  return count;
}
