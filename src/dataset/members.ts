import type { Dataset } from './dataset.ts';
import { parentFields, timeFields } from './reading.ts';

const known = new WeakMap<Dataset, readonly string[]>();

/** Names of all members of a record that a row is made of, or that its hash leaves out; the same list whenever asked. */
export function membersOf(resource: Dataset): readonly string[] {
  const names = known.get(resource) ?? listed(resource);
  known.set(resource, names);
  return names;
}

function listed(resource: Dataset): readonly string[] {
  const { fields, key, volatile } = resource;
  const names = [...fields.map(({ name }) => name), key, ...timeFields(resource), ...volatile];
  return [...new Set([...names, ...parentFields(resource)])];
}
