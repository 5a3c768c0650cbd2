import type { FieldType } from './dataset.ts';

/** A table of a release: read whole, and published together with the other tables of its source. */
export type ReleaseTable = {
  /** Its name in the layout: `real_acct`. */
  readonly name: string;
  /** Its name in the database: `hcad_real_acct`. */
  readonly table: string;
  readonly columns: readonly ReleaseColumn[];
  /**
   * Columns that identify a row within a tax year. Undefined: a row has no key except its line, and rows that look alike
   * stay.
   */
  readonly key: readonly string[] | undefined;
  readonly indexes: readonly (readonly string[])[];
  readonly rules: readonly QualityRule[];
};

export type ReleaseColumn = {
  /** As the publisher spells it: `Neighborhood_Code`. */
  readonly name: string;
  /** In snake case: `neighborhood_code`. */
  readonly column: string;
  /** `string`, `text`, `integer`, `bigint`, `decimal` or `date`. */
  readonly type: FieldType;
  /** Whether values are compared byte by byte, as accounts and codes are. */
  readonly isCode: boolean;
};

/** What the rows of a table must satisfy before they are published. */
export type QualityRule =
  | {
      readonly kind: 'required';
      readonly column: string;
      /** The largest accepted share of NULLs. */
      readonly maxPercent: number;
    }
  | {
      readonly kind: 'range';
      readonly column: string;
      readonly min?: number;
      readonly max?: number;
      readonly maxPercent: number;
    }
  | {
      readonly kind: 'pattern';
      readonly column: string;
      /** A regular expression that MySQL and MariaDB both understand. */
      readonly pattern: string;
      readonly maxPercent: number;
    }
  | { readonly kind: 'unique'; readonly columns: readonly string[]; readonly maxPercent: number }
  | {
      readonly kind: 'reference';
      readonly columns: readonly string[];
      /** The table that has these values, by its name in the layout, and its columns. */
      readonly table: string;
      readonly to: readonly string[];
      readonly maxPercent: number;
    }
  | {
      readonly kind: 'nulls';
      readonly column: string;
      /** Percentage points that the share of NULLs may be above that of the last release. */
      readonly maxGrowth: number;
    };
