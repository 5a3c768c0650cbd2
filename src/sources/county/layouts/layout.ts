import type { ParcelField } from '../../../dataset/parcel-fields.ts';
import type { QualityRule } from '../../../dataset/release-table.ts';
import type { ParcelNumberFormat } from '../../release.ts';

/** Describes the files of one publisher. `readLayout` creates it from the notation of layout files. */
export type Layout = {
  readonly name: string;
  /** The base address. Undefined: each publisher has another one, and the user configures it. */
  readonly url: string | undefined;
  /** Path below `url` by archive: `{year}/Real_acct_owner.zip`. */
  readonly archives: Readonly<Record<string, string>>;
  readonly tables: readonly LayoutTable[];
  readonly parcels: ParcelMapping | undefined;
};

export type LayoutTable = {
  readonly name: string;
  /** A name in `archives`. */
  readonly archive: string;
  /** Patterns of file names, in which `*` is any text. See `matchesMember`. */
  readonly members: readonly string[];
  readonly format: LineFormat;
  readonly encoding: Encoding;
  readonly header: HeaderMode;
  readonly columns: readonly LayoutColumn[];
  readonly constants: readonly ConstantColumn[];
  /** Only lines with one of these values in this column are rows; the other lines are skipped. */
  readonly filter: { readonly column: string; readonly values: readonly string[] } | undefined;
  /** Columns that identify a row within a tax year. Undefined: rows that look alike stay. */
  readonly key: readonly string[] | undefined;
  readonly indexes: readonly (readonly string[])[];
  readonly rules: readonly QualityRule[];
  readonly guards: Guards;
};

export type LineFormat =
  | { readonly kind: 'delimited'; readonly delimiter: string; readonly hasQuotes: boolean }
  | {
      readonly kind: 'fixed';
      /** Every accepted length of a line, in bytes. Undefined: each length that reaches the last column. */
      readonly lengths: readonly number[] | undefined;
    };

export type Encoding = 'windows-1252' | 'latin1' | 'utf-8';

/** `look`: line 1 is a header if it has names of columns. */
export type HeaderMode = 'yes' | 'no' | 'look';

/** The kind decides how text becomes a value, and the type of the column. */
export type ColumnKind =
  | 'account'
  | 'code'
  | 'text'
  | 'flag'
  | 'integer'
  | 'money'
  | 'number'
  | 'year'
  | 'date';

export type LayoutColumn = {
  /** As the publisher spells it. */
  readonly name: string;
  /** Other names for it in a header. */
  readonly aliases: readonly string[];
  /** Its name in the database. */
  readonly column: string;
  readonly kind: ColumnKind;
  /** The published length in characters; undefined if the kind has none. */
  readonly length: number | undefined;
  /** Positions in a fixed line: bytes before it, and the bytes up to its end. */
  readonly span: { readonly start: number; readonly end: number } | undefined;
  /** Whether a header may lack it. Then every value is NULL. */
  readonly isOptional: boolean;
  /** Words that mean NULL, such as `Pending`. */
  readonly nulls: readonly string[];
  /** Accepted forms of a date, the likeliest first. */
  readonly dates: readonly string[];
  /** Digits after the point in numbers that are written without one. */
  readonly decimals: number;
  /** Letters for 1 and 0. Undefined: a flag is stored as it is. */
  readonly letters: { readonly yes: readonly string[]; readonly no: readonly string[] } | undefined;
};

/** A column with the same value in every row. `{year}` in it is the tax year. */
export type ConstantColumn = {
  readonly name: string;
  readonly column: string;
  readonly kind: ColumnKind;
  readonly length: number | undefined;
  readonly value: string;
};

/** Limits in percent. Nothing is published beyond them. */
export type Guards = {
  /** Rejected lines. */
  readonly rejects: number;
  /** Rows gained since the last release. */
  readonly growth: number;
  /** Rows lost since the last release. */
  readonly shrink: number;
};

/** How the tables of a layout become one row for each account. */
export type ParcelMapping = {
  /** Values of `CountyOrParish` in listings of this county, without regard to case; none if many counties use the layout. */
  readonly counties: readonly string[];
  /** The table with one row for each account, and its columns that identify one. */
  readonly table: string;
  readonly account: string;
  readonly number: ParcelNumberFormat;
  readonly fields: Readonly<Partial<Record<ParcelField, ParcelValue>>>;
};

/** A column of the parcels' table, or an aggregate of the rows that another table has for the account. */
export type ParcelValue = string | ParcelAggregate;

export type ParcelAggregate = {
  readonly table: string;
  /** The column of that table that holds the account. */
  readonly account: string;
  readonly function: 'sum' | 'min' | 'max' | 'count';
  /** Undefined for `count`. */
  readonly column: string | undefined;
  /** Only rows that have one of these values in each of these columns. */
  readonly only: Readonly<Record<string, readonly string[]>>;
};
