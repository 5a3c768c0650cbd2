import type { BaseData } from './data/base.ts';
import { changePriceOrStatus } from './data/edits.ts';
import { addConversionFailure, corruptRecord } from './data/corruption.ts';
import { Mutations } from './mutations.ts';
import { stamp } from './instant.ts';
import type { Store } from './store.ts';

/** What happens to a feed over time. Deterministic for its seed; each returns the listings' keys. */
export type FeedChanges = {
  /** Prices and statuses change; ModificationTimestamp moves. */
  changeListings(count: number): string[];
  /** New listings with their media and all else that belongs to them. */
  addListings(count: number): string[];
  /** Listings vanish with all that belongs to them, without a signal. */
  removeListings(count: number): string[];
  /** Media are added, removed and altered; without `touchListing` only the photo fields of the listing tell. */
  changePhotos(count: number, options?: { touchListing?: boolean }): string[];
  /** Listings get essential fields that no row may hold; key and ModificationTimestamp stay good. */
  corrupt(count: number): string[];
  /** Listings get other fields that their columns cannot hold exactly. */
  addConversionFailures(count: number): string[];
  /** Listings get one and the same ModificationTimestamp: a fresh one, or the one given. */
  tie(count: number, timestamp?: string): string[];
  /** Only ModificationTimestamp moves. */
  touch(resource: string, key: string): string[];
};

/** The changes that can be made to a feed; `media` is how many the base data has. */
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
