import { essentialFields } from '../dataset/essential.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { hash } from './hash.ts';

/** Raised with every change of what a field takes, so that what is in quarantine is judged again. */
const RULES_VERSION = 2;

/** Names the fields and rules that a resource's records are judged by: other ones may take what these refuse. */
export function rulesOf(dataset: Dataset): string {
  const { fields, isStrict = false } = dataset;
  return hash(JSON.stringify([RULES_VERSION, fields, [...essentialFields(dataset)].sort(), isStrict]));
}
