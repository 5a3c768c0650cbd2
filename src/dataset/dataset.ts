import type { Addition } from './addition.ts';
import type { ReadMode } from './read-mode.ts';

/** Characters. Every key column is a VARCHAR of this length. */
export const MAX_KEY_LENGTH = 255;

/** Each kind has one SQL type (sql/) and one conversion (transform/values.ts). */
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
 * Describes one kind of record: how it is stored and how it is read. Data only: the zod schema, the SQL and the list of
 * requested fields are derived from it.
 */
export type Dataset<Read extends ReadMode = ReadMode> = {
  /** Name in the source: an OData entity set, `Property`. */
  readonly name: string;
  readonly table: string;
  /** 1:1 with `table`: holds each record as the source sent it. */
  readonly rawTable: string;
  /** Field that identifies a record. */
  readonly key: string;
  /**
   * Timestamp field that orders the versions of a record. Undefined: records have no timestamp and differ only in content.
   */
  readonly version: string | undefined;
  /** Fields that differ even if the record has not changed: excluded from the content hash. */
  readonly volatile: readonly string[];
  /** Fields, besides key, timestamps and parent, without which a row would mislead. */
  readonly essential?: readonly string[];
  /** STRICT_FIELDS=on: a record is rejected if any field cannot be stored exactly. */
  readonly isStrict?: true;
  /** Fields whose changes are recorded with HISTORY=on. */
  readonly tracked?: readonly string[];
  readonly fields: readonly Field[];
  /** The subset of `fields` that the user added. */
  readonly added?: Readonly<Record<string, Addition>>;
  readonly read: Read;
};
