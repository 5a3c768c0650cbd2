import { setImmediate } from 'node:timers/promises';
import { parseExact } from '../lib/exact-json.ts';
import { instantToSql } from '../lib/time.ts';
import { MAX_KEY_LENGTH, type Dataset } from '../dataset/dataset.ts';
import type { Page, RawRecord } from '../model/page.ts';
import type { Reason, Reject, Row } from '../model/row.ts';
import { contentHash, hash } from './hash.ts';
import { membersIn, scan, textOf } from './scanned.ts';
import { printed, shorten } from './printed.ts';
import { schemaOf, type Shaped } from './schema.ts';
import { hasParentVersion, parentLink, versionField } from '../dataset/reading.ts';

/** The text that is kept of such a record is not what was sent: it can never be tried again. */
export const NO_UTF8 = 'holds bytes that are no UTF-8';

export type Transformed = {
  /** Distinct keys. */
  readonly rows: readonly Row[];
  readonly rejects: readonly Reject[];
  /** Records whose twin in the same page is newer. */
  readonly older: number;
};

/** Makes the function that turns a page's records into rows and rejects. No record can make it throw. */
export function transformer(dataset: Dataset): (page: Page) => Transformed {
  const shape = shaper(dataset);
  return (page) =>
    newestOfEach(page.records.map((sent, index) => shape(sent, page.damaged.has(index), page.versions)));
}

/** Ten full records take a millisecond, in which the database waits for what it is to do next. */
const SLICE = 10;

/** The same in slices: between two of them the database's answers are taken, and it is given more to do. */
export function slicedTransformer(dataset: Dataset): (page: Page) => Promise<Transformed> {
  const shape = shaper(dataset);
  return async ({ records, damaged, versions }) => {
    const shaped: (Row | Reject)[] = [];
    for (const [index, sent] of records.entries()) {
      if (index > 0 && index % SLICE === 0) await setImmediate();
      shaped.push(shape(sent, damaged.has(index), versions));
    }
    return newestOfEach(shaped);
  };
}

function shaper(
  dataset: Dataset,
): (sent: RawRecord, isDamaged: boolean, versions: Page['versions']) => Row | Reject {
  const schema = schemaOf(dataset);
  const hashOf = contentHash(dataset);

  const shape = (sent: RawRecord, isDamaged: boolean, versions: Page['versions']): Row | Reject => {
    const scanned = isDamaged ? undefined : scan(dataset, sent);
    const record = scanned === undefined ? parse(textOf(sent)) : membersIn(scanned);
    if (record === undefined) {
      return reject(sent, {}, [{ field: '', rule: 'is no JSON object', value: textOf(sent) }]);
    }
    if (isDamaged) {
      return reject(sent, record, [{ field: '', rule: NO_UTF8, value: textOf(sent) }]);
    }
    const result = schema.safeParse(record);
    if (!result.success) {
      const reasons = result.error.issues.map((issue) => {
        const field = issue.path.join('.');
        return { field, rule: issue.message, value: printed(record[field]) };
      });
      return reject(sent, record, reasons);
    }
    const { values, issues } = result.data;
    const data = hasParentVersion(dataset) ? dated(values, dataset, versions) : values;
    if (data === undefined) {
      return reject(sent, record, [
        { field: '', rule: 'belongs to no listing that was asked for', value: '' },
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
    const raw = textOf(sent);
    const version = record[dataset.version ?? ''];
    return {
      key: keyOf(record[dataset.key]) ?? `no-key:${hash(raw)}`,
      parent: keyOf(record[parentLink(dataset)?.field ?? '']) ?? null,
      version: typeof version === 'string' ? (instantToSql(version) ?? null) : null,
      raw,
      reasons: reasons.map((reason) => ({ ...reason, value: shorten(reason.value) })),
    };
  };

  // Whatever a record does to the code above, the next one must have its turn.
  return (sent, isDamaged, versions) => {
    try {
      return shape(sent, isDamaged, versions);
    } catch (error) {
      const value = textOf(sent);
      return reject(sent, {}, [{ field: '', rule: `can't be read: ${String(error)}`, value }]);
    }
  };
}

/** A record without a time of its own has that of the parent it was asked for. */
function dated(
  data: Shaped['values'],
  dataset: Dataset,
  versions: Page['versions'],
): Shaped['values'] | undefined {
  const version = versions?.get(data[parentLink(dataset)?.field ?? ''] ?? '');
  return version === undefined ? undefined : { ...data, [versionField(dataset)]: version };
}

function parse(raw: string): Record<string, unknown> | undefined {
  try {
    const value = parseExact(raw);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function newestOfEach(shaped: readonly (Row | Reject)[]): Transformed {
  const newest = new Map<string, Row | Reject>();
  let older = 0;
  for (const item of shaped) {
    const twin = newest.get(item.key);
    if (twin !== undefined) older += 1;
    if (twin === undefined || (item.version ?? '') >= (twin.version ?? '')) newest.set(item.key, item);
  }
  const kept = [...newest.values()];
  return {
    rows: kept.filter((item): item is Row => 'values' in item),
    rejects: kept.filter((item): item is Reject => 'reasons' in item),
    older,
  };
}

function keyOf(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' &&
    text !== '' &&
    Array.from(text).length <= MAX_KEY_LENGTH &&
    text.isWellFormed()
    ? text
    : undefined;
}
