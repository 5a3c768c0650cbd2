import type { Dataset } from './dataset.ts';
import type { FeedField, FeedSchema, FeedSet, SchemaChange } from './feed-schema.ts';
import { hasField, setOf } from './feed-schema.ts';
import { selectOf } from './reading.ts';

export type FieldChange = {
  readonly set: string;
  /** `(key)` where the fields changed that identify a record. */
  readonly field: string;
  readonly kind: 'added' | 'removed' | 'type' | 'grown' | 'shrunk';
  readonly before: string | null;
  readonly after: string | null;
};

/** What differs between two versions of a feed's schema. The fields of a set that came or went are not told one by one. */
export type SchemaDiff = {
  readonly setsAdded: readonly string[];
  readonly setsRemoved: readonly string[];
  readonly fields: readonly FieldChange[];
};

export function diffSchemas(before: FeedSchema, after: FeedSchema): SchemaDiff {
  const names = [...new Set([...Object.keys(before.sets), ...Object.keys(after.sets)])].sort();
  return {
    setsAdded: names.filter((name) => setOf(before, name) === undefined),
    setsRemoved: names.filter((name) => setOf(after, name) === undefined),
    fields: names.flatMap((name) => diffSets(name, setOf(before, name), setOf(after, name))),
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
      const kind = kindOf(was, is);
      if (kind === undefined) return [];
      return [
        { set, field: name, kind, before: was ? typeText(was) : null, after: is ? typeText(is) : null },
      ];
    }),
  ];
}

function kindOf(
  before: FeedField | undefined,
  after: FeedField | undefined,
): FieldChange['kind'] | undefined {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  if (before.type !== after.type || before.isMany !== after.isMany) return 'type';
  // Where nothing is said there is no limit.
  const sizes = (['length', 'precision', 'scale'] as const).map(
    (name) => [before[name] ?? Infinity, after[name] ?? Infinity] as const,
  );
  if (sizes.some(([was, is]) => is < was)) return 'shrunk';
  return sizes.some(([was, is]) => is > was) ? 'grown' : undefined;
}

/** `String(50)`, `Decimal(14,2)`, `Collection(Enum)`. */
export function typeText({ type, isMany, length, precision, scale, list }: FeedField): string {
  const size = [length ?? precision, scale].filter((number) => number !== undefined).join(',');
  const one = `${type}${size === '' ? '' : `(${size})`}`;
  return `${isMany === true ? `Collection(${one})` : one}${list === undefined ? '' : ` of ${list}`}`;
}

export type Extent = { readonly added: number; readonly removed: number; readonly changed: number };

/** Sets and fields together. */
export function extentOf({ setsAdded, setsRemoved, fields }: SchemaDiff): Extent {
  const count = (kind: FieldChange['kind']): number => fields.filter((each) => each.kind === kind).length;
  const added = setsAdded.length + count('added');
  const removed = setsRemoved.length + count('removed');
  return { added, removed, changed: setsAdded.length + setsRemoved.length + fields.length - added - removed };
}

/** What came and what went, by name: `Property.City`, `Media`. */
export function namesOf({ setsAdded, setsRemoved, fields }: SchemaDiff): SchemaChange['names'] {
  const named = (kind: FieldChange['kind']): string[] =>
    fields.filter((each) => each.kind === kind).map(({ set, field }) => `${set}.${field}`);
  return { added: [...setsAdded, ...named('added')], removed: [...setsRemoved, ...named('removed')] };
}

/** What the schema was called, and is called now; null where that is the same. */
export function renaming(before: string | undefined, after: string): SchemaChange['renamed'] {
  return before === undefined || before === after ? null : { from: before, to: after };
}

/** `+10 −5`, and how many changed where some did. */
export function extentText({ added, removed, changed }: Extent): string {
  return `+${added} −${removed}${changed === 0 ? '' : `, ${changed} changed`}`;
}

/** What vanished or changed its type of what these resources ask for or have columns of: `Property.City`, `Media`. */
export function mattering({ setsRemoved, fields }: SchemaDiff, resources: readonly Dataset[]): string[] {
  return resources.flatMap((dataset) => {
    const { name, fields: columns } = dataset;
    const used = new Set([...(selectOf(dataset) ?? []), ...columns.map((field) => field.name), '(key)']);
    const touched = fields.filter(
      (each) => each.set === name && used.has(each.field) && ['removed', 'type'].includes(each.kind),
    );
    const gone = setsRemoved.includes(name) ? [name] : [];
    return [...gone, ...touched.map((each) => `${name}.${each.field}`)];
  });
}
