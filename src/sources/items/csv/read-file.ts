import { setImmediate } from 'node:timers/promises';
import type { ItemRecord, Mapper } from '../../items.ts';
import type { Content } from './content.ts';
import type { ExaminedContent } from './examine.ts';
import type { CsvEntry } from './settings.ts';
import { readTable } from './table.ts';
import { decodeFile } from './text.ts';
import { createRecordReader } from './to-record.ts';

export type FileRead = {
  readonly title: string;
  readonly content: Content;
  readonly examined: ExaminedContent;
  readonly settings: CsvEntry;
  readonly mapper: Mapper;
  /** Records that are stored already. */
  readonly skip: number;
  /** Called with each warning for the user. */
  readonly warn: (message: string) => void;
};

/** About a millisecond of work: without a pause after it, the server would wait for its next statement. */
const SLICE_ROWS = 40;

/** Reads the records of a file after those that are skipped. */
export async function* readFile(read: FileRead, signal: AbortSignal): AsyncGenerator<readonly ItemRecord[]> {
  const { title, content, examined, settings, mapper, warn } = read;
  const { encoding, isDoubtful, isGuessed } = examined;
  if (isGuessed) {
    warn(`${title} is not UTF-8 and was read as windows-1252: set encoding if it is another one`);
  }
  const text = decodeFile(content.read(signal), { encoding, counts: isDoubtful });
  const table = await readTable(title, text.texts, {
    delimiter: settings.delimiter,
    quote: settings.quote,
    columns: settings.columns,
    skipLines: settings.skip_lines,
  });
  if (table === undefined) {
    warn(`${title} has no header`);
    return;
  }
  const toRecord = createRecordReader(title, table.columns, mapper);
  let left = read.skip;
  for await (const rows of table.rows) {
    const first = Math.min(left, rows.length);
    left -= first;
    for (let start = first; start < rows.length; start += SLICE_ROWS) {
      yield rows.slice(start, start + SLICE_ROWS).map((row) => toRecord(row));
      await setImmediate();
    }
  }
  if (!table.endsLine()) warn(`${title} does not end in a line end: its last record may be cut off`);
  const replaced = text.replaced();
  if (replaced > 0) warn(`${title} has ${replaced} characters that are not ${encoding}: they became \uFFFD`);
}
