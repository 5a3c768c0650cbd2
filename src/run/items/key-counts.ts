import { isWithoutId } from '../../model/item.ts';

/** What is wrong with the keys of the records of a run. */
export type KeyCounts = {
  readonly records: number;
  readonly withoutId: number;
  /** Records with the key of another one in the same batch. */
  readonly repeated: number;
};

export const NO_KEYS: KeyCounts = { records: 0, withoutId: 0, repeated: 0 };

/** Pages of an API can repeat a few records. */
const MAX_REPEATED_SHARE = 0.05;

export function addKeys(counts: KeyCounts, added: readonly { readonly key: string }[]): KeyCounts {
  return {
    records: counts.records + added.length,
    withoutId: counts.withoutId + added.filter(({ key }) => isWithoutId(key)).length,
    repeated: counts.repeated + added.length - new Set(added.map(({ key }) => key)).size,
  };
}

/** Warns if many records share an id: all but one of them are lost. */
export function describeRepeated({ records, repeated }: KeyCounts): string[] {
  return repeated > records * MAX_REPEATED_SHARE
    ? [`${repeated} of ${records} records have the id of another one: is external_id the right field?`]
    : [];
}
