import { parseExact } from '../lib/exact-json.ts';
import type { Field, Reason, Resource } from '../model.ts';
import { outdated } from '../model/outdated.ts';
import { contentHash } from './hash.ts';
import { convert } from './values.ts';

/** What new columns get from a stored payload. */
export type Filling = {
  /** One a field. */
  readonly values: readonly (string | null)[];
  /** The row's new one. */
  readonly hash: string;
  readonly misfits: readonly Reason[];
};

/**
 * Makes the function that reads new columns from a payload, as a record that comes from the feed is read.
 * @param fields the new ones of the resource.
 * @param before the resource as it was before each of them came, oldest first.
 * @returns for a payload and the row's hash: what to write; undefined where it can't be read. A row whose hash is that of
 *   its payload is written too: of a column that was dropped and has come again it has the hash, and no value.
 */
export function filler(
  resource: Resource,
  fields: readonly Field[],
  before: readonly Resource[],
): (payload: string, hash: string) => Filling | undefined {
  const hashOf = contentHash(resource);
  const hashes = [hashOf, ...before.map(contentHash)];
  return (payload, stored) => {
    const record = parse(payload);
    if (record === undefined) return undefined;
    const results = fields.map((field) => convert(field.type, own(record, field.name)));
    const misfits = results.flatMap((result, index) => {
      const { name } = fields[index]!;
      return 'rule' in result ? [{ field: name, rule: result.rule, value: printed(own(record, name)) }] : [];
    });
    // A row of which other columns are not what its payload gives has to stay different from what the feed sends.
    const wasCurrent = hashes
      .map((each) => each(payload))
      .some((each) => [each, outdated(each)].includes(stored));
    return {
      values: results.map((result) => ('value' in result ? result.value : null)),
      hash: wasCurrent && misfits.length === 0 ? hashOf(payload) : outdated(stored),
      misfits,
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

function printed(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length <= 100 ? text : `${text.slice(0, 100).toWellFormed()}…`;
}
