import type { Archive } from '../model/archive.ts';
import type { DerivedTable } from '../dataset/derived-table.ts';
import type { ReleaseTable } from '../dataset/release-table.ts';

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

/** A line that was read on its own. */
export type ParsedLine =
  | { readonly row: readonly (string | null)[] }
  | { readonly reject: LineReject }
  | { readonly skipped: true };

/** What the publisher has now. */
export type Publication =
  /** None of the years is published yet. */
  | { readonly kind: 'absent'; readonly years: readonly number[] }
  | {
      readonly kind: 'present';
      /** Every archive that the tables need: those that changed are on this machine. */
      readonly archives: readonly (Archive & { readonly isChanged: boolean })[];
      readonly years: readonly number[];
      /** Configured years that are not published yet. */
      readonly absentYears: readonly number[];
    };

export type FetchOptions = {
  /** The archives of the published release, or of one that was interrupted. */
  readonly known: readonly Archive[];
  /** Archives are downloaded even if they did not change. */
  readonly always: boolean;
  /** A folder or an archive with the files, instead of the publisher. */
  readonly from: string | undefined;
  /** Only asks what changed; downloads nothing. */
  readonly looksOnly?: boolean;
};

/** A file of an archive that has rows of a table. */
export type ReleaseFile = {
  readonly table: ReleaseTable;
  readonly year: number;
  readonly archive: string;
  readonly member: string;
  /** Undefined if only reading shows it. */
  readonly bytes: number | undefined;
};

/** When a release is too different from the last one to be published. */
export type ReleaseLimits = {
  readonly maxRejectPercent: number;
  /** Percentage by which a table may shrink or grow. */
  readonly maxShrinkPercent: number;
  readonly maxGrowthPercent: number;
};

/** How listings of a county are matched with accounts. */
export type ParcelMatching = {
  /** The published table with one row for each account: `hcad_parcel`. */
  readonly table: string;
  /** Values of `CountyOrParish` in the county's listings, without regard to case. */
  readonly counties: readonly string[];
  readonly number: ParcelNumberFormat;
  /** Smallest share of the county's listings that must have a match, in percent. */
  readonly minPercent: number;
};

/** How numbers of parcels in listings are normalised before they are compared with accounts. */
export type ParcelNumberFormat = {
  /** `alphanumeric`: only letters and digits count, in upper case. `exact`: only blanks around the number are removed. */
  readonly keep: 'alphanumeric' | 'exact';
  /** Length to which zeros are added on the left; 0: none are. */
  readonly padTo: number;
  /** Numbers with fewer characters are not looked up. */
  readonly minLength: number;
};

/** Loads the code that reads releases, and its layout, when they are needed: every command opens the sources. */
export type ReleaseLoader = {
  /** @throws ConfigError if the layout or the selection of tables is wrong. */
  load(): Promise<ReleaseReader>;
};

/** Reads releases: all tables at once, from archives. */
export type ReleaseReader = {
  readonly tables: readonly ReleaseTable[];
  /** Differs if tables or columns differ: then an unchanged archive is loaded again. */
  readonly shape: string;
  limitsOf(table: ReleaseTable): ReleaseLimits;
  /** How many releases are kept, the published one included. */
  readonly keep: number;
  /** Tables that are built from the others before they are published. */
  readonly derived: readonly DerivedTable[];
  /** How listings are matched with the accounts of a derived table; undefined: they are not. */
  readonly matching: ParcelMatching | undefined;
  /** Which table comes from which archive. */
  archiveOf(table: ReleaseTable): string;
  /** @throws UnavailableError, ConfigError. */
  fetch(options: FetchOptions, signal: AbortSignal): Promise<Publication>;
  /** The files with rows of a table. @throws ConfigError if one is missing. */
  files(table: ReleaseTable, year: number, signal: AbortSignal): Promise<readonly ReleaseFile[]>;
  read(file: ReleaseFile, from: FilePlace | undefined, signal: AbortSignal): AsyncIterable<LineBatch>;
  /** Reads one rejected line again, for a replay. @param raw the line as text, without its end. */
  parse(table: ReleaseTable, year: number, raw: string): ParsedLine;
  /** Removes the archives from this machine. */
  discard(): Promise<void>;
};
