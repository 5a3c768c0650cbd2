import type { RowNotation } from './row-text.ts';

/**
 * Reads the rows that `writeRows` wrote.
 * @param before the number of columns before those of the rows, which are left out.
 */
export function readRows(notation: RowNotation, bytes: Buffer, before: number): (string | null)[][] {
  const text = bytes.toString();
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  for (let at = notation.start.length; at < text.length;) {
    const { value, end } = readValue(notation, text, at);
    row.push(value);
    if (text.startsWith(notation.between, end)) {
      at = end + notation.between.length;
      continue;
    }
    rows.push(row.slice(before));
    row = [];
    at = end + notation.end.length + notation.start.length;
  }
  return rows;
}

type ReadValue = { readonly value: string | null; readonly end: number };

function readValue(notation: RowNotation, text: string, at: number): ReadValue {
  const { between, end, quote, escape, escaped } = notation;
  if (text.startsWith(notation.null, at)) return { value: null, end: at + notation.null.length };
  const isQuoted = quote !== '' && text.startsWith(quote, at);
  const stops = isQuoted ? [quote] : [between, end];
  let value = '';
  for (let index = isQuoted ? at + 1 : at; ; index += 1) {
    const char = text[index]!;
    if (char === escape && escaped.includes(text[index + 1] ?? ' ')) {
      index += 1;
      value += text[index]!;
    } else if (stops.some((stop) => text.startsWith(stop, index))) {
      return { value, end: isQuoted ? index + 1 : index };
    } else value += char;
  }
}
