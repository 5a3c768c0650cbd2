import type { Dataset } from './dataset.ts';
import type { FeedField, FeedSchema, FeedSet, SchemaChange } from './feed-schema.ts';
import { hasField, findSet } from './feed-schema.ts';
import { selectOf } from './reading.ts';

export type FieldChange = {
  readonly set: string;
  /** `(key)` if the key fields changed. */
  readonly field: string;
  readonly kind: 'added' | 'removed' | 'type' | 'grown' | 'shrunk';
  readonly before: string | null;
  readonly after: string | null;
};

/** Differences between two versions of a feed's schema. Fields of an added or removed set are not listed. */
export type SchemaDiff = {
  readonly setsAdded: readonly string[];
  readonly setsRemoved: readonly string[];
  readonly fields: readonly FieldChange[];
};

export function diffSchemas(before: FeedSchema, after: FeedSchema): SchemaDiff {
  const names = [...new Set([...Object.keys(before.sets), ...Object.keys(after.sets)])].sort();
  return {
    setsAdded: names.filter((name) => findSet(before, name) === undefined),
    setsRemoved: names.filter((name) => findSet(after, name) === undefined),
    fields: names.flatMap((name) => diffSets(name, findSet(before, name), findSet(after, name))),
  };
}

function diffSets(set: string, before: FeedSet | undefined, after: FeedSet | undefined): FieldChange[] {
  if (before === undefined || after === undefined) return [];
  const names = [...new Set([...Object.keys(before.fields), ...Object.keys(after.fields)])].sort();
  const [old, now] = [before.key.join(', '), after.key.join(', ')];
  const key = { set, field: '(key)', kind: 'type', before: old, after: now } as const;
  return [
    ...(old === now ? [] : [key]),
    ...names.flatMap((name) => {
      const was = hasField(before, name) ? before.fields[name] : undefined;
      const is = hasField(after, name) ? after.fields[name] : undefined;
      const kind = classifyChange(was, is);
      if (kind === undefined) return [];
      return [
        {
          set,
          field: name,
          kind,
          before: was ? formatFeedType(was) : null,
          after: is ? formatFeedType(is) : null,
        },
      ];
    }),
  ];
}

function classifyChange(
  before: FeedField | undefined,
  after: FeedField | undefined,
): FieldChange['kind'] | undefined {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  if (before.type !== after.type || before.isMany !== after.isMany) return 'type';
  // Unspecified means unlimited.
  const sizes = (['length', 'precision', 'scale'] as const).map(
    (name) => [before[name] ?? Infinity, after[name] ?? Infinity] as const,
  );
  if (sizes.some(([was, is]) => is < was)) return 'shrunk';
  return sizes.some(([was, is]) => is > was) ? 'grown' : undefined;
}

/** `String(50)`, `Decimal(14,2)`, `Collection(Enum)`. */
export function formatFeedType({ type, isMany, length, precision, scale, list }: FeedField): string {
  const size = [length ?? precision, scale].filter((number) => number !== undefined).join(',');
  const one = `${type}${size === '' ? '' : `(${size})`}`;
  return `${isMany === true ? `Collection(${one})` : one}${list === undefined ? '' : ` of ${list}`}`;
}

export type ChangeCounts = { readonly added: number; readonly removed: number; readonly changed: number };

/** Counts sets and fields together. */
export function countChanges({ setsAdded, setsRemoved, fields }: SchemaDiff): ChangeCounts {
  const count = (kind: FieldChange['kind']): number => fields.filter((each) => each.kind === kind).length;
  const added = setsAdded.length + count('added');
  const removed = setsRemoved.length + count('removed');
  return { added, removed, changed: setsAdded.length + setsRemoved.length + fields.length - added - removed };
}

/** Names of added and removed sets and fields: `Property.City`, `Media`. */
export function changedNames({ setsAdded, setsRemoved, fields }: SchemaDiff): SchemaChange['names'] {
  const named = (kind: FieldChange['kind']): string[] =>
    fields.filter((each) => each.kind === kind).map(({ set, field }) => `${set}.${field}`);
  return { added: [...setsAdded, ...named('added')], removed: [...setsRemoved, ...named('removed')] };
}

/** Returns the old and the new name of the schema; null if it was not renamed. */
export function findRenaming(before: string | undefined, after: string): SchemaChange['renamed'] {
  return before === undefined || before === after ? null : { from: before, to: after };
}

/** `+10 −5`, followed by the number of changed fields if it is not 0. */
export function formatChangeCounts({ added, removed, changed }: ChangeCounts): string {
  return `+${added} −${removed}${changed === 0 ? '' : `, ${changed} changed`}`;
}

/** Names of removed or retyped sets and fields that these datasets request or have columns for: `Property.City`, `Media`. */
export function affectedFields({ setsRemoved, fields }: SchemaDiff, datasets: readonly Dataset[]): string[] {
  return datasets.flatMap((dataset) => {
    const { name, fields: columns } = dataset;
    const used = new Set([...(selectOf(dataset) ?? []), ...columns.map((field) => field.name), '(key)']);
    const touched = fields.filter(
      (each) => each.set === name && used.has(each.field) && ['removed', 'type'].includes(each.kind),
    );
    const gone = setsRemoved.includes(name) ? [name] : [];
    return [...gone, ...touched.map((each) => `${name}.${each.field}`)];
  });
}
