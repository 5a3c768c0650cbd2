import type { District } from './data/district.ts';
import type { Column, Row } from './format/column.ts';
import type { LineFormat } from './format/lines.ts';

/** A file of a county: a member of an archive, and a table in the database. */
export type CountyTable = {
  /** `real_acct` */
  readonly name: string;
  /** `Real_acct_owner` */
  readonly archive: string;
  /** Name of the member in the files of a year: `real_acct.txt`. */
  memberOf(district: District): string;
  readonly columns: readonly Column[];
  readonly format: LineFormat;
  /** Undefined if the file has no header. */
  readonly header: string | undefined;
  /** Ends of lines in turn. */
  readonly ends: readonly string[];
  /** Whether the last line has its end. */
  readonly isLastLineEnded: boolean;
  /** Whether some rows are damaged. */
  readonly isDamaged: boolean;
  rows(district: District): Iterable<Row>;
};
