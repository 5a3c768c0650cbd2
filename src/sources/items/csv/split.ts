import { createFinder } from './finder.ts';
import { type FoundRecord, readRecord, type Scan, shortenRaw } from './read-record.ts';

export type CsvFormat = {
  /** One character. */
  readonly delimiter: string;
  /** One character; an empty text: there are no quotes. */
  readonly quote: string;
};

/** A record of a file, or the text of one that cannot be read, with its first line. */
export type CsvRow = { readonly line: number } & NonNullable<FoundRecord['row']>;

export type Splitter = {
  /** From now on, records with more values are refused. Empty ones at the end do not count. */
  limitFields(most: number): void;
  /**
   * Returns the records that are complete; the rest is kept for the next call.
   * @param isEnd no more text follows.
   */
  push(text: string, isEnd: boolean): CsvRow[];
};

/**
 * Splits text into records and fields (RFC 4180). How the text is cut into chunks does not change the records.
 * @param line the number of the first line of the text. Lines end in `\n`; empty ones are skipped.
 */
export function createSplitter({ delimiter, quote }: CsvFormat, line = 1): Splitter {
  let rest = '';
  let number = line;
  /** A line that is too long was reported; its end is not read yet. */
  let isSkipping = false;
  let most = Infinity;
  return {
    limitFields: (limit) => {
      most = limit;
    },
    push: (chunk, isEnd) => {
      const text = rest + chunk;
      const scan: Scan = {
        text,
        isEnd,
        quote,
        delimiter,
        nextLine: createFinder(text, '\n'),
        nextQuote: createFinder(text, quote),
        nextDelimiter: createFinder(text, delimiter),
      };
      const rows: CsvRow[] = [];
      let at = 0;
      while (at < text.length) {
        const found = readRecord(scan, at);
        if (found === undefined) break;
        const { end, lines } = found;
        const row = isTooLong(found.row, most) ? refuseLong(found.row, most, text.slice(at, end)) : found.row;
        if (row !== undefined && !isSkipping) rows.push({ line: number, ...row });
        isSkipping = end === undefined;
        at = end === undefined ? text.length : end + 1;
        number += lines;
      }
      rest = text.slice(at);
      return rows;
    },
  };
}

type Fields = { readonly fields: readonly string[] };

function isTooLong(row: FoundRecord['row'], most: number): row is Fields {
  return row !== undefined && 'fields' in row && row.fields.length > most;
}

function refuseLong({ fields }: Fields, most: number, raw: string): FoundRecord['row'] {
  if (fields.slice(most).every((field) => field === '')) return { fields: fields.slice(0, most) };
  const problem = `the line has ${fields.length} values, but the file has ${most} columns`;
  return { raw: shortenRaw(raw), problem };
}
