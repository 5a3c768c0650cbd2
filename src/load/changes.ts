import type { Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import type { StoredVersion } from './compare.ts';

/** A change of a tracked field. */
export type TrackedChange = {
  readonly key: string;
  readonly field: string;
  readonly old: string | null;
  readonly new: string | null;
  /** The record version with the new value, `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
  readonly version: string;
};

/** Field name of the change that records the return of a soft-deleted record. */
export const RETURNED_FIELD = 'deleted_at';

/** Finds the changes of tracked fields. @param stored the rows before the write. */
export function findChanges(
  dataset: Dataset,
  rows: readonly Row[],
  stored: ReadonlyMap<string, StoredVersion>,
): TrackedChange[] {
  const tracked = trackedFields(dataset);
  return rows.flatMap((row) => {
    const before = stored.get(row.key);
    const { version } = row;
    // Without a version, a change has no date.
    if (before?.tracked === undefined || version === null) return [];
    const [deletedAt = null, ...values] = before.tracked;
    const change = (field: string, old: string | null, now: string | null): TrackedChange[] =>
      isSameValue(old, now) ? [] : [{ key: row.key, field, old, new: now, version }];
    return [
      ...change(RETURNED_FIELD, deletedAt, null),
      ...tracked.flatMap(({ field, index }, nth) => {
        const now = row.values[index] ?? null;
        // A field that was not requested or not sent has not changed.
        if (now === null && !row.payload.includes(`"${field.name}"`)) return [];
        return change(field.name, values[nth] ?? null, now);
      }),
    ];
  });
}

/** The tracked fields with their indexes in `Dataset.fields`. */
export function trackedFields(dataset: Dataset) {
  const { tracked = [] } = dataset;
  return dataset.fields.flatMap((field, index) => (tracked.includes(field.name) ? [{ field, index }] : []));
}

/** A DECIMAL is read as `308000.00`, which equals `308000`. */
function isSameValue(a: string | null, b: string | null): boolean {
  return a === b || (a !== null && b !== null && trimTrailingZeros(a) === trimTrailingZeros(b));
}

function trimTrailingZeros(value: string): string {
  return /^-?\d+\.\d+$/.test(value) ? value.replace(/\.?0+$/, '') : value;
}
