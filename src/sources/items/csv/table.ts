import { FatalError } from '../../../errors.ts';
import { findDelimiter } from './delimiter.ts';
import { readHeader } from './header.ts';
import { MAX_RECORD_LENGTH } from './read-record.ts';
import { createSplitter, type CsvRow } from './split.ts';

export type TableFormat = {
  readonly delimiter: string | undefined;
  readonly quote: string;
  readonly columns: readonly string[] | undefined;
  readonly skipLines: number;
};

export type CsvTable = {
  readonly columns: readonly string[];
  /** The records after the header, as they are read. */
  readonly rows: AsyncIterable<readonly CsvRow[]>;
  /** Whether the text that was read so far ends in a line end. */
  endsLine(): boolean;
};

/** Lines of a header whose names have line ends. */
const MAX_HEADER_LINES = 50;

/**
 * Reads the header of a table, and then its records.
 * @returns undefined if there is no record at all.
 * @throws ConfigError if the header or the delimiter is in doubt; FatalError if there is no header.
 */
export async function readTable(
  title: string,
  texts: AsyncIterable<string>,
  format: TableFormat,
): Promise<CsvTable | undefined> {
  const rest = texts[Symbol.asyncIterator]();
  const start = await readStart(title, rest, format);
  if (start === undefined) return undefined;
  const { line, text, first, isEnd } = start;
  const delimiter = format.delimiter ?? findDelimiter(title, first, format.quote);
  const splitter = createSplitter({ delimiter, quote: format.quote }, line);
  const early = format.columns === undefined ? splitter.push(`${first}\n`, false) : [];
  const columns = format.columns ?? parseHeader(title, early.shift());
  splitter.limitFields(columns.length);
  const others = format.columns === undefined ? text.slice(first.length + 1) : text;
  let last = text;
  async function* readRows(): AsyncGenerator<readonly CsvRow[]> {
    yield [...early, ...splitter.push(others, isEnd)];
    if (isEnd) return;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      if (next.value !== '') last = next.value;
      yield splitter.push(next.value, false);
    }
    yield splitter.push('', true);
  }
  return {
    columns,
    rows: readRows(),
    endsLine: () => last.endsWith('\n'),
  };
}

function parseHeader(title: string, row: CsvRow | undefined): readonly string[] {
  if (row !== undefined && 'fields' in row) return readHeader(title, row.fields);
  throw new FatalError(`${title}: its header cannot be read: ${row?.problem ?? 'a quote is not closed'}`, {
    op: 'read CSV',
    hint: 'look at the first line of the file; set quote of this source in sources.yaml if it has other quotes',
  });
}

type Start = {
  /** The number of the first line of `text`. */
  readonly line: number;
  readonly text: string;
  /** The first record. */
  readonly first: string;
  readonly isEnd: boolean;
};

/** Reads text until it has the whole first record. */
async function readStart(
  title: string,
  texts: AsyncIterator<string>,
  { quote, skipLines }: TableFormat,
): Promise<Start | undefined> {
  let text = '';
  for (;;) {
    const next = await texts.next();
    const isEnd = next.done === true;
    if (!isEnd) text += next.value;
    const at = skip(text, skipLines);
    const end = at === undefined ? undefined : findRecordEnd(text, at, quote, isEnd);
    if (at !== undefined && end !== undefined) {
      const line = text.slice(0, at).split('\n').length;
      return { line, text: text.slice(at), first: text.slice(at, end), isEnd };
    }
    if (isEnd) return undefined;
    if (text.length > MAX_RECORD_LENGTH * 2) {
      throw new FatalError(`${title}: its first line is longer than 1 MB`, {
        op: 'read CSV',
        hint: 'check that it is a CSV file',
      });
    }
  }
}

/** The start of the first line that is not empty after those that are skipped. */
function skip(text: string, lines: number): number | undefined {
  let at = 0;
  for (let skipped = 0; skipped < lines; skipped += 1) {
    const end = text.indexOf('\n', at);
    if (end === -1) return undefined;
    at = end + 1;
  }
  while (text[at] === '\n') at += 1;
  return at < text.length ? at : undefined;
}

/** The first line end outside of quotes. If the quotes are not in pairs, they are characters of a name. */
function findRecordEnd(text: string, at: number, quote: string, isEnd: boolean): number | undefined {
  let quotes = 0;
  let from = at;
  let lineEnd: number | undefined;
  for (let lines = 0; lines < MAX_HEADER_LINES; lines += 1) {
    const found = text.indexOf('\n', from);
    if (found === -1 && !isEnd) return undefined;
    const end = found === -1 ? text.length : found;
    lineEnd ??= end;
    quotes += quote === '' ? 0 : text.slice(from, end).split(quote).length - 1;
    if (quotes % 2 === 0) return end;
    if (found === -1) break;
    from = end + 1;
  }
  return lineEnd;
}
