import { setImmediate } from 'node:timers/promises';
import { parseExact } from '../lib/exact-json.ts';
import { instantToSql } from '../lib/time.ts';
import { MAX_KEY_LENGTH, type Dataset } from '../dataset/dataset.ts';
import type { Page, RawRecord } from '../model/page.ts';
import type { Reason, Reject, Row } from '../model/row.ts';
import { createContentHasher, hashText } from './hash.ts';
import { readMembers, scanRecord, recordText } from './scan-record.ts';
import { formatValue, truncateValue } from './format-value.ts';
import { createSchema, type ShapedRecord } from './schema.ts';
import { hasParentVersion, parentLink, versionField } from '../dataset/reading.ts';

/** The stored text of such a record differs from what was sent, so it can never be replayed. */
export const NOT_UTF8 = 'holds bytes that are no UTF-8';

export type TransformedPage = {
  /** Distinct keys. */
  readonly rows: readonly Row[];
  readonly rejects: readonly Reject[];
  /** Number of records with a newer duplicate in the same page. */
  readonly skippedOlder: number;
};

/** Creates the function that transforms a page's records into rows and rejects. No record can make it throw. */
export function createTransformer(dataset: Dataset): (page: Page) => TransformedPage {
  const shape = createShaper(dataset);
  return (page) =>
    dedupe(page.records.map((sent, index) => shape(sent, page.damaged.has(index), page.versions)));
}

/** Ten full records take a millisecond, during which the database waits for its next statement. */
const SLICE_RECORDS = 10;

/** The same in slices: between slices, the event loop handles the database's responses and sends it more work. */
export function createSlicedTransformer(dataset: Dataset): (page: Page) => Promise<TransformedPage> {
  const shape = createShaper(dataset);
  return async ({ records, damaged, versions }) => {
    const shaped: (Row | Reject)[] = [];
    for (const [index, sent] of records.entries()) {
      if (index > 0 && index % SLICE_RECORDS === 0) await setImmediate();
      shaped.push(shape(sent, damaged.has(index), versions));
    }
    return dedupe(shaped);
  };
}

function createShaper(
  dataset: Dataset,
): (sent: RawRecord, isDamaged: boolean, versions: Page['versions']) => Row | Reject {
  const schema = createSchema(dataset);
  const hashOf = createContentHasher(dataset);

  const shape = (sent: RawRecord, isDamaged: boolean, versions: Page['versions']): Row | Reject => {
    const scanned = isDamaged ? undefined : scanRecord(dataset, sent);
    const record = scanned === undefined ? parseRecord(recordText(sent)) : readMembers(scanned);
    if (record === undefined) {
      return reject(sent, {}, [{ field: '', rule: 'is not a JSON object', value: recordText(sent) }]);
    }
    if (isDamaged) {
      return reject(sent, record, [{ field: '', rule: NOT_UTF8, value: recordText(sent) }]);
    }
    const result = schema.safeParse(record);
    if (!result.success) {
      const reasons = result.error.issues.map((issue) => {
        const field = issue.path.join('.');
        return { field, rule: issue.message, value: formatValue(record[field]) };
      });
      return reject(sent, record, reasons);
    }
    const { values, issues } = result.data;
    const data = hasParentVersion(dataset) ? withParentVersion(values, dataset, versions) : values;
    if (data === undefined) {
      return reject(sent, record, [
        { field: '', rule: 'belongs to no listing that was requested', value: '' },
      ]);
    }
    return {
      key: data[dataset.key]!,
      version: dataset.version === undefined ? null : data[dataset.version]!,
      hash: hashOf(scanned ?? sent),
      values: dataset.fields.map((field) => data[field.name] ?? null),
      payload: typeof sent === 'string' ? sent : sent.bytes,
      issues,
    };
  };

  const reject = (sent: RawRecord, record: Record<string, unknown>, reasons: Reason[]): Reject => {
    const raw = recordText(sent);
    const version = record[dataset.version ?? ''];
    return {
      key: toKey(record[dataset.key]) ?? `no-key:${hashText(raw)}`,
      parent: toKey(record[parentLink(dataset)?.field ?? '']) ?? null,
      version: typeof version === 'string' ? (instantToSql(version) ?? null) : null,
      raw,
      reasons: reasons.map((reason) => ({ ...reason, value: truncateValue(reason.value) })),
    };
  };

  // An unexpected error of one record must not affect the next ones.
  return (sent, isDamaged, versions) => {
    try {
      return shape(sent, isDamaged, versions);
    } catch (error) {
      const value = recordText(sent);
      return reject(sent, {}, [{ field: '', rule: `cannot be read: ${String(error)}`, value }]);
    }
  };
}

/** Adds the version of the parent that the record was requested for; undefined if there is none. */
function withParentVersion(
  data: ShapedRecord['values'],
  dataset: Dataset,
  versions: Page['versions'],
): ShapedRecord['values'] | undefined {
  const version = versions?.get(data[parentLink(dataset)?.field ?? ''] ?? '');
  return version === undefined ? undefined : { ...data, [versionField(dataset)]: version };
}

function parseRecord(raw: string): Record<string, unknown> | undefined {
  try {
    const value = parseExact(raw);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function dedupe(shaped: readonly (Row | Reject)[]): TransformedPage {
  const newest = new Map<string, Row | Reject>();
  let skippedOlder = 0;
  for (const item of shaped) {
    const twin = newest.get(item.key);
    if (twin !== undefined) skippedOlder += 1;
    if (twin === undefined || (item.version ?? '') >= (twin.version ?? '')) newest.set(item.key, item);
  }
  const kept = [...newest.values()];
  return {
    rows: kept.filter((item): item is Row => 'values' in item),
    rejects: kept.filter((item): item is Reject => 'reasons' in item),
    skippedOlder,
  };
}

function toKey(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' &&
    text !== '' &&
    Array.from(text).length <= MAX_KEY_LENGTH &&
    text.isWellFormed()
    ? text
    : undefined;
}
