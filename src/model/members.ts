import type { Resource } from '../model.ts';

const known = new WeakMap<Resource, readonly string[]>();

/** Names of all members of a record that a row is made of, or that its hash leaves out; the same list whenever asked. */
export function membersOf(resource: Resource): readonly string[] {
  const { fields, key, version, cursor, volatile, parent } = resource;
  const wanted = [...fields.map(({ name }) => name), key, version, cursor, parent?.field ?? key, ...volatile];
  const names = known.get(resource) ?? [...new Set(wanted)];
  known.set(resource, names);
  return names;
}
