import type { Dataset } from './dataset.ts';

const known = new WeakMap<Dataset, readonly string[]>();

/** Names of all members of a record that a row is made of, or that its hash leaves out; the same list whenever asked. */
export function membersOf(resource: Dataset): readonly string[] {
  const names = known.get(resource) ?? listed(resource);
  known.set(resource, names);
  return names;
}

function listed({ fields, key, version, cursor, volatile, parent }: Dataset): readonly string[] {
  const names = [...fields.map(({ name }) => name), key, version, cursor, ...volatile];
  return [...new Set(parent === undefined ? names : [...names, parent.field])];
}
