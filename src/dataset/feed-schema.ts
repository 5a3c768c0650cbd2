/** What a feed says of its own fields (`$metadata`), by entity set. */
export type FeedSchema = {
  /** Of the schema that holds the entity types; it was renamed before, and nothing depends on it. */
  readonly namespace: string;
  /** Of the sets, their keys, and their fields with type and length: where it is the same, so is what can be asked for. */
  readonly hash: string;
  readonly sets: Readonly<Record<string, FeedSet>>;
};

export type FeedSet = {
  readonly key: readonly string[];
  readonly fields: Readonly<Record<string, FeedField>>;
  /** Navigation property → the entity set that it leads to. */
  readonly links: Readonly<Record<string, { readonly to: string; readonly isMany: boolean }>>;
};

export type FeedField = {
  /** Edm's name without `Edm.`: String, Int32, Decimal …; `Enum` for a field with a list of its own. */
  readonly type: string;
  readonly isMany?: true;
  /** Characters; undefined: not said, or `max`. */
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
  /** Of enums: the list's name without its namespace, how many members it has, and how long the longest is. */
  readonly list?: string;
  readonly members?: number;
  readonly longest?: number;
};

/** A change of the feed's own schema: sets and fields together. */
export type SchemaChange = {
  /** When it was first seen, in milliseconds since the epoch. */
  readonly at: number;
  readonly added: number;
  readonly removed: number;
  /** Of another type or length. */
  readonly changed: number;
  /** Those removed or of another type that are asked for, or that have a column: `Property.City`. */
  readonly used: readonly string[];
  /** All that came and went: `Property.City`, `Media`. */
  readonly names: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** Where the schema has another name now. */
  readonly renamed: { readonly from: string; readonly to: string } | null;
};

/** A name may be one that every object has. */
export function setOf(schema: FeedSchema, name: string): FeedSet | undefined {
  return Object.hasOwn(schema.sets, name) ? schema.sets[name] : undefined;
}

export function hasField(set: FeedSet, name: string): boolean {
  return Object.hasOwn(set.fields, name);
}
