import type { Addition } from './addition.ts';

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

/** One field of a resource: its name in the feed, its column here. */
export type Field = {
  readonly name: string;
  readonly column: string;
  readonly type: FieldType;
  /** The table beside the resource's own one that holds the column; undefined: its own one does. */
  readonly table?: string;
};

/** What a Property, a Media … is. Data only: the zod schema, the SQL and the `$select` all come from this. */
export type Resource = {
  /** The entity set's name in the service, `Property`. */
  readonly name: string;
  readonly table: string;
  /** 1:1 with `table`: the record as the feed sent it. */
  readonly rawTable: string;
  /** Field that identifies a record. */
  readonly key: string;
  /** Timestamp field that pages are ordered by, and that the watermark holds. */
  readonly cursor: string;
  /** Timestamp field that tells an older version of a record from a newer one. */
  readonly version: string;
  /** Fields that differ without the record having changed: left out of the content hash. */
  readonly volatile: readonly string[];
  /** Index fields that can move without the version: a census compares them too. */
  readonly photos?: { readonly changed: string; readonly count: string };
  /** Set where records belong to a record of another resource, and are fetched and replaced as its set. */
  readonly parent?: {
    readonly resource: string;
    readonly field: string;
    /** What of the parent tells that its set has to be fetched anew. */
    readonly moves: 'photos' | 'version';
    /** The columns of the parent's row that tell what its set was fetched for begin with it: `media_fetched_for`. */
    readonly marks: 'media' | 'custom';
  };
  /**
   * Set where records have no time of their own: `cursor` and `version` then name a field that the feed does not have and
   * is never asked for; it holds the parent's version that the record was fetched for.
   */
  readonly isTimeless?: true;
  /** Timestamp field after whose time a record is expected to vanish from the feed. */
  readonly ends?: string;
  /** An OData filter: the records that a site shows first. */
  readonly usable?: string;
  /** Beside key, times and parent: fields without which a row would mislead. */
  readonly essential?: readonly string[];
  /** STRICT_FIELDS=on: any field that cannot be stored exactly costs the record. */
  readonly isStrict?: true;
  /** Fields whose changes are kept with HISTORY=on. */
  readonly watched?: readonly string[];
  /** Fields asked for; all that the feed has where undefined. */
  readonly select?: readonly string[];
  readonly fields: readonly Field[];
  /** Of the fields, those that the user added. */
  readonly added?: Readonly<Record<string, Addition>>;
};
