import type { ReleaseTable } from './release-table.ts';

/** A table that is built from the tables of a release and published with them: one row for each key of a base table. */
export type DerivedTable = {
  /** Its key is the first column. */
  readonly table: ReleaseTable;
  /** The layout's name of the table that has the keys, and its column that holds them. */
  readonly base: string;
  readonly key: string;
  /** The value of each column, in the order of the table's columns. */
  readonly values: readonly DerivedValue[];
};

export type DerivedValue =
  | { readonly kind: 'null' }
  /** A column of the base table. */
  | { readonly kind: 'column'; readonly column: string }
  | ({ readonly kind: 'aggregate' } & DerivedAggregate);

/** A value of the rows that another table has for a key. */
export type DerivedAggregate = {
  readonly table: string;
  /** The column of that table that holds the key. */
  readonly key: string;
  readonly function: 'sum' | 'min' | 'max' | 'count';
  /** Undefined for `count`. */
  readonly column: string | undefined;
  /** Only rows that have one of these values in each of these columns. */
  readonly only: Readonly<Record<string, readonly string[]>>;
};
