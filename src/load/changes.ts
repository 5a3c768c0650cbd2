import type { Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import type { Stored } from './compare.ts';

/** A watched field of a record that holds something else than before. */
export type Change = {
  readonly key: string;
  readonly field: string;
  readonly old: string | null;
  readonly new: string | null;
  /** The record's version that brought it, `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
  readonly version: string;
};

/** The name under which it is kept that a record which was deleted here came back. */
export const RETURNED = 'deleted_at';

/** What these rows change of the fields that the resource has watched; `stored` as it was before. */
export function changesOf(
  dataset: Dataset,
  rows: readonly Row[],
  stored: ReadonlyMap<string, Stored>,
): Change[] {
  const watched = watchedFields(dataset);
  return rows.flatMap((row) => {
    const before = stored.get(row.key);
    const { version } = row;
    // A change is dated by the version that brought it.
    if (before?.watched === undefined || version === null) return [];
    const [deletedAt = null, ...values] = before.watched;
    const change = (field: string, old: string | null, now: string | null): Change[] =>
      same(old, now) ? [] : [{ key: row.key, field, old, new: now, version }];
    return [
      ...change(RETURNED, deletedAt, null),
      ...watched.flatMap(({ field, index }, nth) => {
        const now = row.values[index] ?? null;
        // What was not asked for, or not sent, has not changed.
        if (now === null && !row.payload.includes(`"${field.name}"`)) return [];
        return change(field.name, values[nth] ?? null, now);
      }),
    ];
  });
}

/** With their places in `Dataset.fields`. */
export function watchedFields(dataset: Dataset) {
  const { tracked = [] } = dataset;
  return dataset.fields.flatMap((field, index) => (tracked.includes(field.name) ? [{ field, index }] : []));
}

/** `308000.00`, as a DECIMAL comes back, is `308000`. */
function same(a: string | null, b: string | null): boolean {
  return a === b || (a !== null && b !== null && plain(a) === plain(b));
}

function plain(value: string): string {
  return /^-?\d+\.\d+$/.test(value) ? value.replace(/\.?0+$/, '') : value;
}
