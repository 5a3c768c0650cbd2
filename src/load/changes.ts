import type { Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import type { StoredVersion } from './compare.ts';

/** A watched field of a record that holds something else than before. */
export type TrackedChange = {
  readonly key: string;
  readonly field: string;
  readonly old: string | null;
  readonly new: string | null;
  /** The record's version that brought it, `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
  readonly version: string;
};

/** The name under which it is kept that a record which was deleted here came back. */
export const RETURNED_FIELD = 'deleted_at';

/** What these rows change of the fields that the resource has watched; `stored` as it was before. */
export function findChanges(
  dataset: Dataset,
  rows: readonly Row[],
  stored: ReadonlyMap<string, StoredVersion>,
): TrackedChange[] {
  const tracked = trackedFields(dataset);
  return rows.flatMap((row) => {
    const before = stored.get(row.key);
    const { version } = row;
    // A change is dated by the version that brought it.
    if (before?.tracked === undefined || version === null) return [];
    const [deletedAt = null, ...values] = before.tracked;
    const change = (field: string, old: string | null, now: string | null): TrackedChange[] =>
      isSameValue(old, now) ? [] : [{ key: row.key, field, old, new: now, version }];
    return [
      ...change(RETURNED_FIELD, deletedAt, null),
      ...tracked.flatMap(({ field, index }, nth) => {
        const now = row.values[index] ?? null;
        // What was not asked for, or not sent, has not changed.
        if (now === null && !row.payload.includes(`"${field.name}"`)) return [];
        return change(field.name, values[nth] ?? null, now);
      }),
    ];
  });
}

/** With their places in `Dataset.fields`. */
export function trackedFields(dataset: Dataset) {
  const { tracked = [] } = dataset;
  return dataset.fields.flatMap((field, index) => (tracked.includes(field.name) ? [{ field, index }] : []));
}

/** `308000.00`, as a DECIMAL comes back, is `308000`. */
function isSameValue(a: string | null, b: string | null): boolean {
  return a === b || (a !== null && b !== null && trimTrailingZeros(a) === trimTrailingZeros(b));
}

function trimTrailingZeros(value: string): string {
  return /^-?\d+\.\d+$/.test(value) ? value.replace(/\.?0+$/, '') : value;
}
