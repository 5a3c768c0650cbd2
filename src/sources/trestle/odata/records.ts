import { FatalError } from '../../../errors.ts';
import { readJson } from '../../../transform/scan/scan-json.ts';
import type { Dataset } from '../../../dataset/dataset.ts';
import type { Cursor } from '../../../model/cursor.ts';
import type { Page, Sent } from '../../../model/page.ts';
import type { PageBody } from './body.ts';
import { tryParse } from './try-parse.ts';

export function toPage(body: PageBody, cursor: Cursor | undefined): Page {
  return {
    records: body.records,
    damaged: body.damaged,
    cursor,
    ...(body.count === undefined ? {} : { count: body.count }),
  };
}

/** What `read` finds in the last record that has it; from the raw record, as the feed must be passed even where no row comes of it. */
export function findLast<T>(
  records: readonly Sent[],
  read: (record: Record<string, unknown>) => T | undefined,
): T | undefined {
  for (const raw of records.toReversed()) {
    const found = read(tryParse(raw));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Members of a record by name; undefined for those that it does not have, and all of them if it is broken. */
export function readMembers(record: Sent, names: readonly string[]): unknown[] {
  if (typeof record === 'string' || names.some((name) => !record.names.includes(name))) {
    const members = tryParse(record);
    return names.map((name) => members[name]);
  }
  return names.map((name) => {
    const place = 3 * record.names.indexOf(name);
    const end = record.places[place + 2]!;
    return end === 0 ? undefined : readJson(record.bytes, record.places[place + 1]!, end);
  });
}

/** Whether the feed can be asked for what comes after this key. */
export function isUsableKey(key: unknown): key is string {
  return typeof key === 'string' && key !== '' && key.isWellFormed();
}

/** The records whose bytes were whole: a place in the feed must not be taken from a damaged one. */
export function intactRecords(body: PageBody): readonly Sent[] {
  return body.damaged.size === 0 ? body.records : body.records.filter((_, index) => !body.damaged.has(index));
}

/** A feed that does not move on would be asked for ever. */
export function noProgressError(dataset: Dataset, what: string): FatalError {
  return new FatalError(`${dataset.name}: ${what}`, {
    op: 'page',
    hint: 'the feed does not page as Trestle does; what was committed stays',
  });
}
