import type { Finder } from './finder.ts';

/** A text that is split, with what was found in it. */
export type Scan = {
  readonly text: string;
  /** No more text follows. */
  readonly isEnd: boolean;
  readonly delimiter: string;
  readonly quote: string;
  readonly nextLine: Finder;
  readonly nextQuote: Finder;
  readonly nextDelimiter: Finder;
};

export type FoundRecord = {
  /** Undefined: the line is empty. */
  readonly row:
    | { readonly fields: readonly string[] }
    | { readonly raw: string; readonly problem: string }
    | undefined;
  /** The place of its line end; undefined: it is too long, and its line end is not in the text. */
  readonly end: number | undefined;
  /** Its line ends. */
  readonly lines: number;
};

/** Characters of a record. A longer one has a quote that never closes. */
export const MAX_RECORD_LENGTH = 1024 * 1024;
/** Characters that are kept of a line that cannot be read. */
const MAX_RAW_LENGTH = 4096;

const NEVER_CLOSED = 'a quote that opens in this line is not closed';
const TOO_LONG = 'the line is longer than 1 MB';

type FoundField = { readonly value: string; readonly end: number };

/** Reads the record at a place of the text; undefined if it is not complete. */
export function readRecord(scan: Scan, at: number): FoundRecord | undefined {
  const { text, isEnd } = scan;
  const lineEnd = scan.nextLine(at);
  if (lineEnd === Infinity && !isEnd) {
    if (text.length - at <= MAX_RECORD_LENGTH) return undefined;
    return { row: { raw: shortenRaw(text.slice(at)), problem: TOO_LONG }, end: undefined, lines: 0 };
  }
  const end = Math.min(lineEnd, text.length);
  if (end - at > MAX_RECORD_LENGTH) return refuseLine(scan, at, TOO_LONG);
  if (scan.nextQuote(at) < end) return readQuoted(scan, at);
  const row = end === at ? undefined : { fields: text.slice(at, end).split(scan.delimiter) };
  return { row, end, lines: 1 };
}

/** Reads a record with a quote in its first line. Most records have none, and are split in one call. */
function readQuoted(scan: Scan, at: number): FoundRecord | undefined {
  const { text, delimiter, quote, isEnd } = scan;
  const fields: string[] = [];
  const endsEarly = (): FoundRecord | undefined =>
    isEnd || text.length - at > MAX_RECORD_LENGTH ? refuseLine(scan, at, NEVER_CLOSED) : undefined;
  for (let from = at; ;) {
    const lineEnd = scan.nextLine(from);
    if (lineEnd !== Infinity && scan.nextQuote(from) > lineEnd) {
      fields.push(...text.slice(from, lineEnd).split(delimiter));
      return finish(scan, at, lineEnd, fields);
    }
    const field = text[from] === quote ? readQuotedField(scan, from) : readPlainField(scan, from, from);
    if (field === 'incomplete') return endsEarly();
    if (field === 'broken') return refuseLine(scan, at, NEVER_CLOSED);
    fields.push(field.value);
    if (field.end < text.length && text[field.end] === delimiter) {
      from = field.end + 1;
      continue;
    }
    return finish(scan, at, field.end, fields);
  }
}

function finish(scan: Scan, at: number, end: number, fields: readonly string[]): FoundRecord {
  if (end - at > MAX_RECORD_LENGTH) return refuseLine(scan, at, NEVER_CLOSED);
  return { row: { fields }, end, lines: countLines(scan, at, end) };
}

/**
 * Reads a field that starts with a quote. Text after the closing quote: the field is kept as it is written. If it spans lines,
 * its quote was not meant to open one, and the other one opens another field.
 */
function readQuotedField(scan: Scan, from: number): FoundField | 'incomplete' | 'broken' {
  const { text, quote, delimiter, isEnd } = scan;
  let hasPairs = false;
  let close = scan.nextQuote(from + 1);
  while (close !== Infinity && text[close + 1] === quote) {
    hasPairs = true;
    close = scan.nextQuote(close + 2);
  }
  if (close === Infinity) return 'incomplete';
  const next = text[close + 1];
  if (next === undefined && !isEnd) return 'incomplete';
  if (next !== undefined && next !== delimiter && next !== '\n') {
    return scan.nextLine(from) < close ? 'broken' : readPlainField(scan, from, close);
  }
  const value = text.slice(from + 1, close);
  return { value: hasPairs ? value.replaceAll(quote + quote, quote) : value, end: close + 1 };
}

/** Reads a field up to the first delimiter or line end. @param search the place after which it can end. */
function readPlainField(scan: Scan, from: number, search: number): FoundField | 'incomplete' {
  const end = Math.min(scan.nextDelimiter(search), scan.nextLine(search));
  if (end === Infinity && !scan.isEnd) return 'incomplete';
  const last = Math.min(end, scan.text.length);
  return { value: scan.text.slice(from, last), end: last };
}

/** Gives up one line. Those after it are read as records. */
function refuseLine(scan: Scan, at: number, problem: string): FoundRecord {
  const end = Math.min(scan.nextLine(at), scan.text.length);
  return { row: { raw: shortenRaw(scan.text.slice(at, end)), problem }, end, lines: 1 };
}

function countLines(scan: Scan, at: number, end: number): number {
  let lines = 1;
  for (let next = scan.nextLine(at); next < end; next = scan.nextLine(next + 1)) lines += 1;
  return lines;
}

/** What is kept of a line that cannot be read. */
export function shortenRaw(raw: string): string {
  return raw.slice(0, MAX_RAW_LENGTH);
}
