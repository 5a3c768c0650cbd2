import { type Changes, changesTo } from './changes.ts';
import { type Base, changedAt, household, mediaOf } from './data/base.ts';
import { beginLater } from './derived.ts';
import { type Writer, writer } from './json.ts';
import { relicense, type Relicensed, type Relicensing } from './licence.ts';
import type { Rec } from './record.ts';
import type { EntitySet } from './sets.ts';
import { makeStore, type Store } from './store.ts';

export type Served = Readonly<Record<string, unknown>>;

/** The records that the sandbox serves, and the ways to change them. */
export type Feed = Changes & {
  /** The records of a resource as they are stored, in no promised order. */
  records(resource: string): Iterable<Rec>;
  get(resource: string, key: string): Rec | undefined;
  size(resource: string): number;
  /** Fields come and go; the listings' timestamps stay. */
  relicense(change: Relicensing): Relicensed;
  /** Puts a record in as it is; replaces the one with the same key. */
  put(resource: string, record: Rec): void;
  remove(resource: string, key: string): boolean;
  /** The record as an answer shows it: every field, addresses signed, numbers parsed. */
  served(resource: string, record: Rec): Served;
  /** The same as the JSON text of the answer. */
  servedText(resource: string, record: Rec): string;
};

/** Makes the base data: the same for the same options. */
export function makeFeed(base: Base, now: () => number): { feed: Feed; store: Store } {
  const store = makeStore(now);
  let media = 0;
  for (let index = 0; index < base.listings; index++) {
    const photos = mediaOf(base, index);
    const [record, owned] = household(base, index, changedAt(base, index), photos, media);
    store.table('Property').put(record);
    for (const medium of owned) store.table('Media').put(medium);
    media += photos;
  }
  beginLater(store, base.seed, now);
  return { feed: makeViews(store, changesTo(store, base, media, now)), store };
}

function makeViews(store: Store, changes: Changes): Feed {
  const writers = new WeakMap<EntitySet, Writer>();
  const servedText = (resource: string, record: Rec): string => {
    const { set } = store.table(resource);
    const write = writers.get(set) ?? writer(set);
    writers.set(set, write);
    return write.open(record) + write.close(record, store.sign);
  };
  return {
    ...changes,
    *records(resource) {
      for (const { record } of store.table(resource).values()) yield record;
    },
    get: (resource, key) => store.table(resource).get(key)?.record,
    size: (resource) => store.table(resource).size,
    relicense: (change) => relicense(store, change),
    put: (resource, record) => void store.table(resource).put(record),
    remove: (resource, key) => store.table(resource).remove(key),
    served(resource, record) {
      const answer: Served = JSON.parse(servedText(resource, record));
      return answer;
    },
    servedText,
  };
}
