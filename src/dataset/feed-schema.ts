/** A feed's own description of its fields (`$metadata`), by entity set. */
export type FeedSchema = {
  /** Namespace of the schema that holds the entity types. It has been renamed before; nothing depends on it. */
  readonly namespace: string;
  /** Hash of the sets, their keys, and their fields with type and length. If it is equal, the same fields can be requested. */
  readonly hash: string;
  readonly sets: Readonly<Record<string, FeedSet>>;
};

export type FeedSet = {
  readonly key: readonly string[];
  readonly fields: Readonly<Record<string, FeedField>>;
  /** Navigation property → target entity set. */
  readonly links: Readonly<Record<string, { readonly to: string; readonly isMany: boolean }>>;
};

export type FeedField = {
  /** Edm name without `Edm.`: String, Int32, Decimal …; `Enum` for a field with its own list of values. */
  readonly type: string;
  readonly isMany?: true;
  /** Characters; undefined: unspecified, or `max`. */
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
  /** Enums only: name of the list without namespace, number of members, and length of the longest one. */
  readonly list?: string;
  readonly members?: number;
  readonly longest?: number;
};

/** A change of the feed's own schema. Counts include sets and fields. */
export type SchemaChange = {
  /** When the change was first seen, in milliseconds since the epoch. */
  readonly at: number;
  readonly added: number;
  readonly removed: number;
  /** Fields with a different type or length. */
  readonly changed: number;
  /** Removed or retyped fields that are requested or have a column: `Property.City`. */
  readonly used: readonly string[];
  /** All added and removed sets and fields: `Property.City`, `Media`. */
  readonly names: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** Null if the schema kept its name. */
  readonly renamed: { readonly from: string; readonly to: string } | null;
};

/** Uses hasOwn because a set may be named like a property that every object has. */
export function findSet(schema: FeedSchema, name: string): FeedSet | undefined {
  return Object.hasOwn(schema.sets, name) ? schema.sets[name] : undefined;
}

export function hasField(set: FeedSet, name: string): boolean {
  return Object.hasOwn(set.fields, name);
}
