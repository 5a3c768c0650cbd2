import type { Dataset } from './dataset.ts';
import { parentFields, timeFields } from './reading.ts';

/** Fields without which a row would mislead. A record is quarantined if one of them cannot be stored. */
export function essentialFields(dataset: Dataset): ReadonlySet<string> {
  const { key, essential = [] } = dataset;
  return new Set([key, ...timeFields(dataset), ...parentFields(dataset), ...essential]);
}
