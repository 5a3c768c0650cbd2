import type { Dataset } from './dataset.ts';
import { parentFields, timeFields } from './reading.ts';

const cache = new WeakMap<Dataset, readonly string[]>();

/** Names of all record members that a row is made of or that its hash excludes. Always returns the same array instance. */
export function membersOf(dataset: Dataset): readonly string[] {
  const names = cache.get(dataset) ?? listMembers(dataset);
  cache.set(dataset, names);
  return names;
}

function listMembers(dataset: Dataset): readonly string[] {
  const { fields, key, volatile } = dataset;
  const names = [...fields.map(({ name }) => name), key, ...timeFields(dataset), ...volatile];
  return [...new Set([...names, ...parentFields(dataset)])];
}
