import { FatalError } from '../../../errors.ts';
import { readJson } from '../../../transform/scan/scan-json.ts';
import type { Dataset } from '../../../dataset/dataset.ts';
import type { Cursor } from '../../../model/cursor.ts';
import type { Page, RawRecord } from '../../../model/page.ts';
import type { PageBody } from './body.ts';
import type { RecordList } from './split.ts';
import { tryParse } from './try-parse.ts';

export function toPage(body: PageBody, cursor: Cursor | undefined): Page {
  return {
    records: body.records,
    damaged: body.damaged,
    cursor,
    release: body.release,
    ...(body.count === undefined ? {} : { count: body.count }),
  };
}

/**
 * Finds a value in the last record that has one. Reads raw records: paging must also pass those that cannot be rows.
 * @param skipped indexes of records to leave out.
 */
export function findLast<T>(
  records: RecordList,
  read: (record: Record<string, unknown>) => T | undefined,
  skipped: ReadonlySet<number> = new Set(),
): T | undefined {
  for (let index = records.length - 1; index >= 0; index -= 1) {
    const [raw] = skipped.has(index) ? [] : records.slice(index, index + 1);
    const found = raw === undefined ? undefined : read(tryParse(raw));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Reads members of a record by name: undefined for a member that is missing, and for all if the record is broken. */
export function readMembers(record: RawRecord, names: readonly string[]): unknown[] {
  if (typeof record === 'string' || names.some((name) => !record.names.includes(name))) {
    const members = tryParse(record);
    return names.map((name) => members[name]);
  }
  return names.map((name) => {
    const place = 3 * record.names.indexOf(name);
    const end = record.offsets[place + 2]!;
    return end === 0 ? undefined : readJson(record.bytes, record.offsets[place + 1]!, end);
  });
}

/** Whether a query can continue after this key. */
export function isUsableKey(key: unknown): key is string {
  return typeof key === 'string' && key !== '' && key.isWellFormed();
}

/** The records with undamaged bytes. A cursor must not come from a damaged record. */
export function intactRecords(body: PageBody): readonly RawRecord[] {
  return body.damaged.size === 0 ? body.records : body.records.filter((_, index) => !body.damaged.has(index));
}

/** The error for a feed whose pages make no progress; paging would never end. */
export function noProgressError(dataset: Dataset, what: string): FatalError {
  return new FatalError(`${dataset.name}: ${what}`, {
    op: 'page',
    hint: 'the feed does not page as Trestle does; committed data is kept',
  });
}
