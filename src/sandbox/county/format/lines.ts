import type { Row } from './column.ts';

/** Lines of a file that cannot be rows. The line breaks off, or it has one field too many, or a line feed is in a field. */
export type RejectedLine = {
  /** From 1; the header is not counted. */
  readonly line: number;
  readonly reason: 'too-few-fields' | 'too-many-fields' | 'wrong-length';
  /** The line as text, without its end. */
  readonly raw: string;
};

/** What a file has for one row: usually one line, two if the row is broken by a line feed. */
export type WrittenRow = {
  /** With the end of the line. */
  readonly text: string;
  readonly line: number;
  /** Undefined if it cannot be read as a row. */
  readonly row: Row | undefined;
  readonly rejects: readonly RejectedLine[];
};

/** How a kind of file writes rows and breaks some of them. */
export type LineFormat = {
  /** The line of a row, without its end; `nth` is the number of the row, from 0. */
  write(row: Row, nth: number): string;
  /** The lines of a damaged row, without their ends, and why each of them is rejected. */
  damage(row: Row, nth: number, way: number): readonly Omit<RejectedLine, 'line'>[];
};

/** One row in this many is damaged: fewer than 0.1 %, the usual limit of rejects, in a file of any size. */
const DAMAGE_INTERVAL = 5000;
const FIRST_DAMAGE = 1199;

export type LineOptions = {
  readonly isDamaged: boolean;
  /** Ends of lines in turn. */
  readonly ends: readonly string[];
};

/** Writes rows as lines and numbers them. Some are damaged, always the same ones. */
export function* writeRows(
  rows: Iterable<Row>,
  format: LineFormat,
  { isDamaged, ends }: LineOptions,
): Generator<WrittenRow> {
  let line = 1;
  let nth = 0;
  for (const row of rows) {
    const end = ends[nth % ends.length]!;
    if (isDamaged && nth % DAMAGE_INTERVAL === FIRST_DAMAGE) {
      const first = line;
      const rejects = format
        .damage(row, nth, Math.floor(nth / DAMAGE_INTERVAL))
        .map((reject, i) => ({ ...reject, line: first + i }));
      yield { text: rejects.map(({ raw }) => raw).join('\n') + end, line, row: undefined, rejects };
      line += rejects.length;
    } else {
      yield { text: format.write(row, nth) + end, line, row, rejects: [] };
      line++;
    }
    nth++;
  }
}
