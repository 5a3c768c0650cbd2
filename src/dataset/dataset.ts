import type { Addition } from './addition.ts';
import type { ReadMode } from './read-mode.ts';

/** Characters that a key may have: every key column is a VARCHAR of this length. */
export const LONGEST_KEY = 255;

/** What a field holds; each kind has one SQL type (sql/) and one conversion (transform/values.ts). */
export type FieldType =
  | { readonly kind: 'key' }
  | { readonly kind: 'string'; readonly length: number }
  | { readonly kind: 'text' }
  | { readonly kind: 'longtext' }
  | { readonly kind: 'integer' }
  | { readonly kind: 'bigint' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'date' }
  | { readonly kind: 'timestamp' };

/** One field of a dataset: its name in the source, and its column. */
export type Field = {
  readonly name: string;
  readonly column: string;
  readonly type: FieldType;
  /** The table that holds the column, if it is not the dataset's main table. */
  readonly table?: string;
};

/**
 * What is stored of one kind of record, and how it is read. Data only: the zod schema, the SQL and the list of requested
 * fields all come from this.
 */
export type Dataset<Read extends ReadMode = ReadMode> = {
  /** Its name in the source: an OData entity set, `Property`. */
  readonly name: string;
  readonly table: string;
  /** 1:1 with `table`: the record as the source sent it. */
  readonly rawTable: string;
  /** Field that identifies a record. */
  readonly key: string;
  /**
   * Timestamp field that orders the versions of a record. Undefined: records have no time, and only their content differs.
   */
  readonly version: string | undefined;
  /** Fields that differ without the record having changed: left out of the content hash. */
  readonly volatile: readonly string[];
  /** Beside key, times and parent: fields without which a row would mislead. */
  readonly essential?: readonly string[];
  /** STRICT_FIELDS=on: any field that cannot be stored exactly costs the record. */
  readonly isStrict?: true;
  /** Fields whose changes are kept with HISTORY=on. */
  readonly tracked?: readonly string[];
  readonly fields: readonly Field[];
  /** Of the fields, those that the user added. */
  readonly added?: Readonly<Record<string, Addition>>;
  readonly read: Read;
};
