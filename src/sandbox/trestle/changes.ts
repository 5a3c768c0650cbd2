import type { Base } from './data/base.ts';
import { changed } from './data/later.ts';
import { misfitting, spoiled } from './data/spoil.ts';
import { Hands } from './hands.ts';
import { stamp } from './instant.ts';
import type { Store } from './store.ts';

/** What happens to a feed over time. Deterministic for its seed; each returns the listings' keys. */
export type Changes = {
  /** Prices and statuses change; ModificationTimestamp moves. */
  changeListings(count: number): string[];
  /** New listings with their media and all else that belongs to them. */
  addListings(count: number): string[];
  /** Listings vanish with all that belongs to them, without a signal. */
  removeListings(count: number): string[];
  /** Media are added, removed and altered; without `touchListing` only the photo fields of the listing tell. */
  changePhotos(count: number, options?: { touchListing?: boolean }): string[];
  /** Listings get essential fields that no row may hold; key and ModificationTimestamp stay good. */
  spoil(count: number): string[];
  /** Listings get other fields that their columns cannot hold exactly. */
  misfit(count: number): string[];
  /** Listings get one and the same ModificationTimestamp: a fresh one, or the one given. */
  tie(count: number, timestamp?: string): string[];
  /** Only ModificationTimestamp moves. */
  touch(resource: string, key: string): string[];
};

/** The changes that can be made to a feed; `media` is how many the base data has. */
export function changesTo(store: Store, base: Base, media: number, now: () => number): Changes {
  const hands = new Hands(store, base, media, now);
  return {
    changeListings: (count) => hands.edit(count, (record, at) => ({ ...record, ...changed(record, at) })),
    addListings: (count) => store.moments(count).map((at) => hands.add(at)),
    removeListings(count) {
      const keys = hands.some(count);
      for (const key of keys) hands.drop(key);
      return keys;
    },
    changePhotos: (count, { touchListing = true } = {}) =>
      hands.edit(count, (record, at, nth) => {
        const shot = hands.reshoot(record, at, nth);
        return touchListing ? { ...shot, ModificationTimestamp: stamp(at) } : shot;
      }),
    spoil: (count) =>
      hands.edit(count, (record, at, nth) => ({
        ...spoiled(record, nth),
        ModificationTimestamp: stamp(at),
      })),
    misfit: (count) =>
      hands.edit(count, (record, at, nth) => ({
        ...misfitting(record, nth),
        ModificationTimestamp: stamp(at),
      })),
    tie(count, timestamp = stamp(store.moments(1)[0]!)) {
      const listings = store.table('Property');
      const keys = hands.some(count);
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
      table.put({ ...entry.record, [cursor]: stamp(store.moments(1)[0]!) });
      return [key];
    },
  };
}
