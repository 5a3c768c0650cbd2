import type { BaseData } from './data/base.ts';
import { changePriceOrStatus } from './data/edits.ts';
import { addConversionFailure, corruptRecord } from './data/corruption.ts';
import { Mutations } from './mutations.ts';
import { stamp } from './instant.ts';
import type { Store } from './store.ts';

/** Changes of a feed over time. Deterministic for the feed's seed; each returns the keys of its listings. */
export type FeedChanges = {
  /** Changes prices and statuses, and moves ModificationTimestamp. */
  changeListings(count: number): string[];
  /** Adds listings with their media and other children. */
  addListings(count: number): string[];
  /** Removes listings with all their children, without a signal to clients. */
  removeListings(count: number): string[];
  /** Adds, removes and alters media; without `touchListing`, only the listing's photo fields change. */
  changePhotos(count: number, options?: { touchListing?: boolean }): string[];
  /** Gives listings essential fields that a row must not hold. Key and ModificationTimestamp stay valid. */
  corrupt(count: number): string[];
  /** Gives listings other fields that their columns cannot hold exactly. */
  addConversionFailures(count: number): string[];
  /** Gives all listings the same ModificationTimestamp: a new one, or `timestamp`. */
  tie(count: number, timestamp?: string): string[];
  /** Moves only the cursor field of a record. */
  touch(resource: string, key: string): string[];
};

/** Creates the changes for a feed; `media` is the number of media in the base data. */
export function createChanges(store: Store, base: BaseData, media: number, now: () => number): FeedChanges {
  const mutations = new Mutations(store, base, media, now);
  return {
    changeListings: (count) =>
      mutations.editListings(count, (record, at) => ({ ...record, ...changePriceOrStatus(record, at) })),
    addListings: (count) => store.nextInstants(count).map((at) => mutations.addListing(at)),
    removeListings(count) {
      const keys = mutations.pickKeys(count);
      for (const key of keys) mutations.removeListing(key);
      return keys;
    },
    changePhotos: (count, { touchListing = true } = {}) =>
      mutations.editListings(count, (record, at, nth) => {
        const edited = mutations.replacePhotos(record, at, nth);
        return touchListing ? { ...edited, ModificationTimestamp: stamp(at) } : edited;
      }),
    corrupt: (count) =>
      mutations.editListings(count, (record, at, nth) => ({
        ...corruptRecord(record, nth),
        ModificationTimestamp: stamp(at),
      })),
    addConversionFailures: (count) =>
      mutations.editListings(count, (record, at, nth) => ({
        ...addConversionFailure(record, nth),
        ModificationTimestamp: stamp(at),
      })),
    tie(count, timestamp = stamp(store.nextInstants(1)[0]!)) {
      const listings = store.table('Property');
      const keys = mutations.pickKeys(count);
      for (const key of keys)
        listings.put({ ...listings.get(key)!.record, ModificationTimestamp: timestamp });
      return keys;
    },
    touch(resource, key) {
      const table = store.table(resource);
      const entry = table.get(key);
      if (entry === undefined) return [];
      const { cursor } = table.set;
      if (cursor === undefined) return [];
      table.put({ ...entry.record, [cursor]: stamp(store.nextInstants(1)[0]!) });
      return [key];
    },
  };
}
