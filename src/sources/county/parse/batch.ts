import type { FilePlace, LineBatch, LineReject, UnconvertedValues } from '../../release.ts';

/** Lines whose values could not be converted that are listed, for each column. */
const MAX_LISTED_LINES = 5;

export type Row = (string | null)[];

/** Collects the lines of one batch after the other. */
export class BatchBuilder {
  /** Where the next line is. */
  line: number;
  offset: number;
  #start: FilePlace;
  #rows: Row[] = [];
  #lineNumbers: number[] = [];
  #rejects: LineReject[] = [];
  #skipped = 0;
  #unconverted = new Map<string, { count: number; lines: number[] }>();
  #longer = new Map<string, number>();

  constructor(start: FilePlace) {
    this.line = start.line;
    this.offset = start.offset;
    this.#start = start;
  }

  /** Bytes of this batch. */
  get bytes(): number {
    return this.offset - this.#start.offset;
  }

  /** Lines of this batch. */
  get lines(): number {
    return this.line - this.#start.line;
  }

  /** The number of the line that is being read, from 1. */
  get number(): number {
    return this.line + 1;
  }

  addRow(row: Row): void {
    this.#rows.push(row);
    this.#lineNumbers.push(this.line + 1);
  }

  addReject(reject: Pick<LineReject, 'reason' | 'message' | 'raw'>): void {
    this.#rejects.push({ line: this.number, offset: this.offset, ...reject });
  }

  addSkipped(): void {
    this.#skipped += 1;
  }

  addUnconverted(column: string): void {
    const entry = this.#unconverted.get(column) ?? { count: 0, lines: [] };
    entry.count += 1;
    if (entry.lines.length < MAX_LISTED_LINES) entry.lines.push(this.number);
    this.#unconverted.set(column, entry);
  }

  addLonger(column: string, length: number): void {
    if (length > (this.#longer.get(column) ?? 0)) this.#longer.set(column, length);
  }

  /** Starts the next line. @param offset the offset of its first byte. */
  endLine(offset: number): void {
    this.line += 1;
    this.offset = offset;
  }

  /** Skips the header, before the first line. @param offset the offset of its end. */
  skipTo(offset: number): void {
    this.offset = offset;
    this.#start = { line: this.line, offset };
  }

  /** Returns the batch, and starts the next one. */
  take(): LineBatch {
    const unconverted: UnconvertedValues[] = Array.from(this.#unconverted, ([column, entry]) => ({
      column,
      ...entry,
    }));
    const batch: LineBatch = {
      rows: this.#rows,
      lineNumbers: this.#lineNumbers,
      lines: this.lines,
      skipped: this.#skipped,
      rejects: this.#rejects,
      unconverted,
      longer: Array.from(this.#longer, ([column, length]) => ({ column, length })),
      next: { line: this.line, offset: this.offset },
    };
    this.#start = batch.next;
    this.#rows = [];
    this.#lineNumbers = [];
    this.#rejects = [];
    this.#skipped = 0;
    this.#unconverted = new Map();
    this.#longer = new Map();
    return batch;
  }
}
