import { parseExact } from '../lib/exact-json.ts';
import type { FieldIssue } from '../model/field-issue.ts';
import type { Field, Dataset } from '../dataset/dataset.ts';
import { toStaleHash } from '../model/stale-hash.ts';
import { createContentHasher } from './hash.ts';
import { formatValue, truncateValue } from './format-value.ts';
import { convertValue } from './values.ts';

/** Values of new columns, read from a stored payload. */
export type FilledValues = {
  /** One per field. */
  readonly values: readonly (string | null)[];
  /** The row's new hash. */
  readonly hash: string;
  readonly issues: readonly FieldIssue[];
};

/**
 * Creates a function that reads new columns from a payload in the same way as from a record of the feed.
 * @param fields the new fields of the dataset.
 * @param before the dataset before each of them was added, oldest first.
 * @returns a function that takes a payload and the row's hash and returns the values to write; undefined if the payload cannot
 *   be read. A row whose hash already matches its payload is written too: if a column was dropped and added again, the row has
 *   the right hash but no value.
 */
export function createFiller(
  dataset: Dataset,
  fields: readonly Field[],
  before: readonly Dataset[],
): (payload: string, hash: string) => FilledValues | undefined {
  const hashOf = createContentHasher(dataset);
  const hashes = [hashOf, ...before.map(createContentHasher)];
  return (payload, stored) => {
    const record = parseRecord(payload);
    if (record === undefined) return undefined;
    const results = fields.map((field) => convertValue(field.type, getOwn(record, field.name)));
    const issues = results.flatMap(({ rule, action }, index): FieldIssue[] => {
      if (rule === undefined || action === undefined) return [];
      const { name } = fields[index]!;
      return [{ field: name, rule, action, value: truncateValue(formatValue(getOwn(record, name))) }];
    });
    // With STRICT_FIELDS a load rejects such a record: leave the column empty and the hash different from the feed's record.
    const isRefused = dataset.isStrict === true && issues.length > 0;
    // If other columns do not match the payload, the hash must remain different from the feed's record.
    const wasCurrent = hashes
      .map((each) => each(payload))
      .some((each) => [each, toStaleHash(each)].includes(stored));
    return {
      values: results.map(({ value, rule }) => (isRefused && rule !== undefined ? null : value)),
      hash: wasCurrent && !isRefused ? hashOf(payload) : toStaleHash(stored),
      issues,
    };
  };
}

function getOwn(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function parseRecord(payload: string): Record<string, unknown> | undefined {
  try {
    const value = parseExact(payload);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
