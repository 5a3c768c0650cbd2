import { type FeedChanges, createChanges } from './changes.ts';
import { type BaseData, changeTimeOf, listingWithChildren, countMedia } from './data/base.ts';
import { deferDerivedRecords } from './derived.ts';
import { type RecordWriter, createWriter } from './json.ts';
import { changeLicence, type ChangedLicence, type LicenceChange } from './licence.ts';
import type { SandboxRecord } from './record.ts';
import type { EntitySet } from './sets.ts';
import { createStore, type Store } from './store.ts';

export type ServedRecord = Readonly<Record<string, unknown>>;

/** The records that the sandbox serves, and how to change them. */
export type SandboxFeed = FeedChanges & {
  /** The stored records of a resource, in no defined order. */
  records(resource: string): Iterable<SandboxRecord>;
  get(resource: string, key: string): SandboxRecord | undefined;
  size(resource: string): number;
  /** Adds and removes fields; no timestamp changes. */
  changeLicence(change: LicenceChange): ChangedLicence;
  /** Stores a record unchanged; replaces one with the same key. */
  put(resource: string, record: SandboxRecord): void;
  remove(resource: string, key: string): boolean;
  /** Returns the record as an answer contains it: all fields, addresses signed, numbers parsed. */
  serve(resource: string, record: SandboxRecord): ServedRecord;
  /** The same as JSON text. */
  serveText(resource: string, record: SandboxRecord): string;
};

/** Creates a feed with the base data; the same options give the same data. Addresses of media are valid for `lifeMs`. */
export function createFeed(
  base: BaseData,
  now: () => number,
  lifeMs?: number,
): { feed: SandboxFeed; store: Store } {
  const store = createStore(now, lifeMs);
  let media = 0;
  for (let index = 0; index < base.listings; index++) {
    const photos = countMedia(base, index);
    const [record, owned] = listingWithChildren(base, index, changeTimeOf(base, index), photos, media);
    store.table('Property').put(record);
    for (const medium of owned) store.table('Media').put(medium);
    media += photos;
  }
  deferDerivedRecords(store, base.seed, now);
  return { feed: createFeedViews(store, createChanges(store, base, media, now)), store };
}

function createFeedViews(store: Store, changes: FeedChanges): SandboxFeed {
  const writers = new WeakMap<EntitySet, RecordWriter>();
  const servedText = (resource: string, record: SandboxRecord): string => {
    const { set } = store.table(resource);
    const write = writers.get(set) ?? createWriter(set);
    writers.set(set, write);
    return write.open(record) + write.close(record, store.signer);
  };
  return {
    ...changes,
    *records(resource) {
      for (const { record } of store.table(resource).values()) yield record;
    },
    get: (resource, key) => store.table(resource).get(key)?.record,
    size: (resource) => store.table(resource).size,
    changeLicence: (change) => changeLicence(store, change),
    put: (resource, record) => void store.table(resource).put(record),
    remove: (resource, key) => store.table(resource).remove(key),
    serve(resource, record) {
      const answer: ServedRecord = JSON.parse(servedText(resource, record));
      return answer;
    },
    serveText: servedText,
  };
}
