import { parseExact } from '../lib/exact-json.ts';
import type { FieldIssue } from '../model/field-issue.ts';
import type { Field, Dataset } from '../dataset/dataset.ts';
import { toStaleHash } from '../model/stale-hash.ts';
import { contentHash } from './hash.ts';
import { printed, shorten } from './printed.ts';
import { convert } from './values.ts';

/** What new columns get from a stored payload. */
export type Filling = {
  /** One a field. */
  readonly values: readonly (string | null)[];
  /** The row's new one. */
  readonly hash: string;
  readonly issues: readonly FieldIssue[];
};

/**
 * Makes the function that reads new columns from a payload, as a record that comes from the feed is read.
 * @param fields the new ones of the resource.
 * @param before the resource as it was before each of them came, oldest first.
 * @returns for a payload and the row's hash: what to write; undefined where it can't be read. A row whose hash is that of
 *   its payload is written too: of a column that was dropped and has come again it has the hash, and no value.
 */
export function filler(
  dataset: Dataset,
  fields: readonly Field[],
  before: readonly Dataset[],
): (payload: string, hash: string) => Filling | undefined {
  const hashOf = contentHash(dataset);
  const hashes = [hashOf, ...before.map(contentHash)];
  return (payload, stored) => {
    const record = parse(payload);
    if (record === undefined) return undefined;
    const results = fields.map((field) => convert(field.type, own(record, field.name)));
    const issues = results.flatMap(({ rule, action }, index): FieldIssue[] => {
      if (rule === undefined || action === undefined) return [];
      const { name } = fields[index]!;
      return [{ field: name, rule, action, value: shorten(printed(own(record, name))) }];
    });
    // With STRICT_FIELDS a load refuses such a record: the column stays empty, and the row different from what the feed sends.
    const isRefused = dataset.isStrict === true && issues.length > 0;
    // A row of which other columns are not what its payload gives has to stay different from what the feed sends.
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

function own(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function parse(payload: string): Record<string, unknown> | undefined {
  try {
    const value = parseExact(payload);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
