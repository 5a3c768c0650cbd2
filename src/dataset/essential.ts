import type { Dataset } from './dataset.ts';
import { parentFields, timeFields } from './reading.ts';

/** Fields without which a row would mislead: a record of which one cannot be stored is quarantined instead. */
export function essentialOf(resource: Dataset): ReadonlySet<string> {
  const { key, essential = [] } = resource;
  return new Set([key, ...timeFields(resource), ...parentFields(resource), ...essential]);
}
