import { essentialFields } from '../dataset/essential.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { hashText } from './hash.ts';

/** Incremented with every change to the values that a field accepts, so that quarantined records are evaluated again. */
const RULES_VERSION = 2;

/** Identifies the fields and rules that records are evaluated by: a different set may accept what this one rejects. */
export function hashRules(dataset: Dataset): string {
  const { fields, isStrict = false } = dataset;
  return hashText(JSON.stringify([RULES_VERSION, fields, [...essentialFields(dataset)].sort(), isStrict]));
}
