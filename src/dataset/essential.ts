import type { Dataset } from './dataset.ts';

/** Fields without which a row would mislead: a record of which one cannot be stored is quarantined instead. */
export function essentialOf(resource: Dataset): ReadonlySet<string> {
  const { key, cursor, version, parent, essential = [] } = resource;
  return new Set([key, cursor, version, ...(parent === undefined ? [] : [parent.field]), ...essential]);
}
