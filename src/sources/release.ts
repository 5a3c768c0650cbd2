/** Lines of one file, as rows. They are committed together with `next`. */
export type LineBatch = {
  /**
   * One value for each column of the table, in its order, as MySQL takes it: null is NULL, a date is `YYYY-MM-DD`, a number
   * has digits, a sign and a point, but no exponent.
   */
  readonly rows: readonly (readonly (string | null)[])[];
  /** The line of each row, from 1. The header is not counted. */
  readonly lineNumbers: readonly number[];
  /** Lines read: rows, rejects and skipped lines. */
  readonly lines: number;
  /** Lines that belong to another kind of record, and empty lines. */
  readonly skipped: number;
  readonly rejects: readonly LineReject[];
  /** Values that could not be converted and became NULL. */
  readonly unconverted: readonly UnconvertedValues[];
  /** Columns that are too short for a value of these rows, and the length that they need, in characters. */
  readonly longer: readonly { readonly column: string; readonly length: number }[];
  /** Where reading resumes after these rows. */
  readonly next: FilePlace;
};

/** A place in a file: the lines and bytes before it. */
export type FilePlace = { readonly line: number; readonly offset: number };

export type UnconvertedValues = {
  readonly column: string;
  readonly count: number;
  /** The first lines, at most five. */
  readonly lines: readonly number[];
};

export type LineRejectReason = 'too-few-fields' | 'too-many-fields' | 'wrong-length' | 'no-key' | 'too-long';

/** A line that cannot be a row. */
export type LineReject = {
  readonly line: number;
  /** Bytes before the line. */
  readonly offset: number;
  readonly reason: LineRejectReason;
  readonly message: string;
  /** The line as text, at most 4096 characters. */
  readonly raw: string;
};
