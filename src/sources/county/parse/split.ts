import type { LayoutColumn, LineFormat } from '../layouts/layout.ts';

const QUOTE = 0x22;

/** Finds the fields of a line. The arrays are overwritten with each line. */
export type FieldLocator = {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /**
   * Locates the fields of the line from `start` to `end`.
   * @returns for delimited lines, the number of fields, also of those that the arrays have no room for; for fixed ones, the
   * length of the line.
   */
  locate(text: string, start: number, end: number): number;
};

/** @param size the largest number of fields that is needed. */
export function createLocator(
  format: LineFormat,
  columns: readonly LayoutColumn[],
  size: number,
): FieldLocator {
  if (format.kind === 'fixed') return locateFixed(columns);
  const delimiter = format.delimiter.charCodeAt(0);
  return format.hasQuotes ? locateQuoted(delimiter, size) : locateDelimited(delimiter, size);
}

function locateDelimited(delimiter: number, size: number): FieldLocator {
  const starts = new Int32Array(size);
  const ends = new Int32Array(size);
  return {
    starts,
    ends,
    locate(text, start, end) {
      let count = 0;
      let from = start;
      for (let index = start; index < end; index += 1) {
        if (text.charCodeAt(index) !== delimiter) continue;
        // Writes beyond the end of a typed array are ignored.
        starts[count] = from;
        ends[count] = index;
        count += 1;
        from = index + 1;
      }
      starts[count] = from;
      ends[count] = end;
      return clearRest(starts, ends, count + 1, end);
    },
  };
}

/** Empties the fields that the line lacks: the arrays still have those of the line before. @returns `count` */
function clearRest(starts: Int32Array, ends: Int32Array, count: number, end: number): number {
  if (count < starts.length) {
    starts.fill(end, count);
    ends.fill(end, count);
  }
  return count;
}

/** A field that starts with a quote ends at the next quote that a delimiter or the line's end follows, if there is one. */
function locateQuoted(delimiter: number, size: number): FieldLocator {
  const starts = new Int32Array(size);
  const ends = new Int32Array(size);
  return {
    starts,
    ends,
    locate(text, start, end) {
      let count = 0;
      for (let from = start; ; count += 1) {
        const quoted = text.charCodeAt(from) === QUOTE ? endOfQuoted(text, from + 1, end, delimiter) : -1;
        let index = quoted === -1 ? from : quoted;
        while (index < end && text.charCodeAt(index) !== delimiter) index += 1;
        starts[count] = from;
        ends[count] = index;
        if (index >= end) return clearRest(starts, ends, count + 1, end);
        from = index + 1;
      }
    },
  };
}

/** @returns the place after the closing quote; -1 if the line has none. */
function endOfQuoted(text: string, from: number, end: number, delimiter: number): number {
  for (let index = from; index < end; index += 1) {
    if (text.charCodeAt(index) !== QUOTE) continue;
    if (index + 1 === end || text.charCodeAt(index + 1) === delimiter) return index + 1;
    if (text.charCodeAt(index + 1) === QUOTE) index += 1;
  }
  return -1;
}

/** Fields beyond the end of a shorter line are empty. */
function locateFixed(columns: readonly LayoutColumn[]): FieldLocator {
  const spans = columns.map(({ span }) => span ?? { start: 0, end: 0 });
  const starts = new Int32Array(spans.length);
  const ends = new Int32Array(spans.length);
  const from = Int32Array.from(spans, (span) => span.start);
  const to = Int32Array.from(spans, (span) => span.end);
  return {
    starts,
    ends,
    locate(_, start, end) {
      for (let index = 0; index < starts.length; index += 1) {
        starts[index] = Math.min(start + from[index]!, end);
        ends[index] = Math.min(start + to[index]!, end);
      }
      return end - start;
    },
  };
}

/** Removes the quotes of a quoted field, and one of each two inside it. */
export function unquote(field: string): string {
  if (field.length < 2 || !field.startsWith('"') || !field.endsWith('"')) return field;
  return field.slice(1, -1).replaceAll('""', '"');
}
