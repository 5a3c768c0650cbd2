import { createHash } from 'node:crypto';
import type { FeedField, FeedSchema, FeedSet } from '../../../dataset/feed-schema.ts';
import type { Attributes, Edm, Entity } from './edm.ts';
import { stripNamespace, createTypeNames, type TypeNames } from './type-names.ts';

/** An Edm with resolved type names. */
type ResolvedEdm = {
  readonly edm: Edm;
  readonly names: TypeNames;
  /** Entity set → its entity type. */
  readonly types: ReadonlyMap<string, string>;
  /** `Type/Field` → the list of values that an annotation names. */
  readonly lists: ReadonlyMap<string, string>;
};

/** Builds the feed's schema. The order, namespaces and prefixes of the document do not matter. */
export function buildFeedSchema(edm: Edm): FeedSchema {
  const names = createTypeNames(edm);
  const lists = [...edm.lists].map(([target, list]) => {
    const [type = '', field = ''] = target.split('/');
    return [`${names.entity(type) ?? ''}/${field}`, list] as const;
  });
  const known = { edm, names, types: resolveSetTypes(edm, names), lists: new Map(lists) };
  const sets = [...known.types].map(([name, whole]) => [name, buildSet(known, whole)] as const);
  const sorted = Object.fromEntries(sets.sort(compareNames));
  return { namespace: namespaceOf(edm), hash: hashOf(sorted), sets: sorted };
}

/** A container can be incomplete: a type without a set counts as a set of its name, unless other types are based on it. */
function resolveSetTypes(edm: Edm, names: TypeNames): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, type] of edm.sets) {
    const whole = names.entity(type);
    if (isName(name) && whole !== undefined) found.set(name, whole);
  }
  const taken = new Set(found.values());
  for (const [whole, { attributes, name }] of edm.entities) {
    const base = names.entity(attributes['BaseType'] ?? '');
    if (base !== undefined) taken.add(base);
    if (attributes['Abstract'] === 'true' || found.has(name)) taken.add(whole);
  }
  for (const [whole, { name }] of edm.entities) {
    if (isName(name) && !taken.has(whole)) found.set(name, whole);
  }
  return found;
}

function buildSet(known: ResolvedEdm, whole: string): FeedSet {
  const line = listInheritance(known, whole);
  const all = line.flatMap(([type, { fields }]) =>
    [...fields].map(([name, attributes]) => {
      const list = known.lists.get(`${type}/${name}`);
      return [name, buildField(known, attributes, list)] as const;
    }),
  );
  const links = line.flatMap(([, entity]) => [...entity.links].flatMap((link) => buildLinks(known, link)));
  return {
    key: line.map(([, { key }]) => key).find((key) => key.length > 0) ?? [],
    fields: keepValidNames(all),
    links: keepValidNames(links),
  };
}

/** Lists a type and its base types, from the root to the type itself. */
function listInheritance({ edm, names }: ResolvedEdm, whole: string): [string, Entity][] {
  const line = new Map<string, Entity>();
  for (let at: string | undefined = whole; at !== undefined && !line.has(at);) {
    const entity: Entity | undefined = edm.entities.get(at);
    if (entity === undefined) break;
    line.set(at, entity);
    at = names.entity(entity.attributes['BaseType'] ?? '');
  }
  return [...line].toReversed();
}

function buildLinks(
  { names, types }: ResolvedEdm,
  [name, { Type: type = '' }]: [string, Attributes],
): [string, FeedSet['links'][string]][] {
  const { inner, isMany } = unwrapCollection(type);
  const target = names.entity(inner);
  const to = [...types].find(([, whole]) => whole === target)?.[0];
  return to === undefined ? [] : [[name, { to, isMany }]];
}

function buildField(
  { edm, names }: ResolvedEdm,
  attributes: Attributes,
  list: string | undefined,
): FeedField {
  const { inner, isMany } = unwrapCollection(attributes['Type'] ?? '');
  const more = { ...(isMany ? { isMany } : {}), ...(list === undefined ? {} : { list }) };
  const found = edm.enums.get(names.enum(inner) ?? '');
  if (found !== undefined) {
    const { members, isFlags } = found;
    const longest = members.reduce((most, member) => Math.max(most, Array.from(member).length), 0);
    // A flags enum holds several values, which Trestle joins with commas.
    const many = isFlags ? { isMany: true as const } : {};
    return { ...more, ...many, type: 'Enum', list: stripNamespace(inner), members: members.length, longest };
  }
  const definition = edm.definitions.get(names.definition(inner) ?? '');
  return definition === undefined
    ? { ...more, ...buildPlainField(inner, attributes) }
    : { ...more, ...buildPlainField(definition['UnderlyingType'] ?? '', { ...definition, ...attributes }) };
}

function buildPlainField(type: string, attributes: Attributes): FeedField {
  const facets = [
    ['length', parseFacet(attributes['MaxLength'])],
    ['precision', parseFacet(attributes['Precision'])],
    ['scale', parseFacet(attributes['Scale'])],
  ].filter(([, value]) => value !== undefined);
  return { type: stripNamespace(type), ...Object.fromEntries(facets) };
}

function unwrapCollection(type: string): { inner: string; isMany: boolean } {
  const inner = /^Collection\((.*)\)$/.exec(type)?.[1];
  return { inner: inner ?? type, isMany: inner !== undefined };
}

/** Undefined for `max` and `variable`, which are not numbers. */
function parseFacet(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** Whether it is an OData identifier (CSDL 15.2). Others are ignored: names are used in queries and printed on terminals. */
function isName(name: string): boolean {
  return /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}]{0,127}$/u.test(name);
}

function keepValidNames<T>(all: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries(all.filter(([name]) => isName(name)).sort(compareNames));
}

function compareNames(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : Number(a[0] > b[0]);
}

/** The namespace of most entity types. */
function namespaceOf({ entities, namespaces }: Edm): string {
  const counts = new Map<string, number>();
  for (const whole of entities.keys()) {
    const namespace = whole.slice(0, whole.lastIndexOf('.'));
    counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? namespaces[0] ?? '';
}

/** Hashes the properties whose changes are reported. Omits lists: they get a new value every other day. */
function hashOf(sets: FeedSchema['sets']): string {
  const hashedSets = Object.entries(sets).map(([name, { key, fields }]) => [
    name,
    key,
    Object.entries(fields).map(([field, { type, isMany = false, length, precision, scale }]) => [
      field,
      type,
      isMany,
      length ?? null,
      precision ?? null,
      scale ?? null,
    ]),
  ]);
  const text = JSON.stringify(hashedSets);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
