import type { ItemRecord } from '../../sources/items.ts';

/** Which mapped fields no record of a run had so far. */
export type Drift = { readonly records: number; readonly unseen: readonly string[] };

/** Runs with fewer records prove nothing. */
const MIN_RECORDS = 20;

export function startDrift(fields: readonly string[]): Drift {
  return { records: 0, unseen: fields };
}

/** A record that could not be read at all proves nothing about its fields. */
export function addRecords({ records, unseen }: Drift, added: readonly ItemRecord[]): Drift {
  let left = unseen;
  let count = records;
  for (const { item, missing } of added) {
    if (item === undefined && missing.length === 0) continue;
    count += 1;
    if (left.length > 0) left = left.filter((field) => missing.includes(field));
  }
  return { records: count, unseen: left };
}

/** The fields that the source no longer has, or never had under this name. */
export function findMissingFields({ records, unseen }: Drift): readonly string[] {
  return records < MIN_RECORDS ? [] : unseen;
}
