import { type BaseData, listingWithChildren, countMedia } from './data/base.ts';
import { mediaTimesAt, replaceContent, replacePicture, setPhotoFields } from './data/edits.ts';
import { makeMedia } from './data/media.ts';
import { childMakers } from './derived.ts';
import { stamp } from './instant.ts';
import { sample, createRandom } from './random.ts';
import { type SandboxRecord, readText } from './record.ts';
import type { Store } from './store.ts';

/** The steps that changes consist of. */
export class Mutations {
  readonly #store: Store;
  readonly #base: BaseData;
  readonly #now: () => number;
  #nextListing: number;
  #nextMedia: number;
  #turn = 0;

  /** `media` is the number of media in the base data; new numbers continue from it. */
  constructor(store: Store, base: BaseData, media: number, now: () => number) {
    this.#now = now;
    this.#store = store;
    this.#base = base;
    this.#nextListing = base.listings;
    this.#nextMedia = media;
  }

  /** Picks keys of different listings; each call picks others. */
  pickKeys(count: number): string[] {
    return sample(
      createRandom(this.#base.seed, 'turn', ++this.#turn),
      this.#store.table('Property').keys(),
      count,
    );
  }

  /** Alters some listings, each with a separate instant. */
  editListings(
    count: number,
    alter: (record: SandboxRecord, at: number, nth: number) => SandboxRecord,
  ): string[] {
    const listings = this.#store.table('Property');
    const keys = this.pickKeys(count);
    const moments = this.#store.nextInstants(keys.length);
    for (const [i, key] of keys.entries()) {
      const { record } = listings.get(key)!;
      this.#updateCustomRecord(record, listings.put(alter(record, moments[i]!, i)).record);
    }
    return keys;
  }

  /** Adds the next listing with its media and other children. */
  addListing(at: number): string {
    const index = this.#nextListing++;
    const count = countMedia({ ...this.#base, listings: Infinity }, index);
    const [record, owned] = listingWithChildren(this.#base, index, at, count, this.#nextMedia);
    this.#nextMedia += count;
    for (const each of owned) this.#store.table('Media').put({ ...each, ...mediaTimesAt(at) });
    this.#addChildren(record, at);
    return this.#store.table('Property').put(setPhotoFields(record, at, count)).key;
  }

  /** Removes a listing and all its children. */
  removeListing(key: string): void {
    for (const name of ['Media', ...Object.keys(childMakers)]) {
      // Deferred records are made later, without this listing.
      if (!this.#store.isFilled(name)) continue;
      const table = this.#store.table(name);
      for (const { key: own } of table.children(key)) table.remove(own);
    }
    this.#store.table('Property').remove(key);
  }

  /**
   * Adds a photo; or removes one and gives another a new file, without a new timestamp; or (every third time) adds, removes and
   * alters one.
   */
  replacePhotos(record: SandboxRecord, at: number, nth: number): SandboxRecord {
    const media = this.#store.table('Media');
    const owner = readText(record, 'ListingKey');
    const [first, second, ...others] = media.children(owner);
    const count = [first, second].filter(Boolean).length + others.length;
    if (nth % 3 !== 1) media.put(makeMedia(this.#base.seed, this.#nextMedia++, record, count + 1, at));
    if (nth % 3 !== 0 && first) media.remove(first.key);
    if (nth % 3 === 1 && second) media.put(replaceContent(second.record, at));
    if (nth % 3 === 2 && second) media.put(replacePicture(second.record, at));
    return setPhotoFields(record, at, media.children(owner).length);
  }

  #addChildren(listing: SandboxRecord, at: number): void {
    for (const [name, make] of Object.entries(childMakers)) {
      if (!this.#store.isFilled(name)) continue;
      const table = this.#store.table(name);
      const moved = table.set.cursor === undefined ? {} : { [table.set.cursor]: stamp(at) };
      for (const own of make(this.#base.seed, listing, this.#now())) table.put({ ...own, ...moved });
    }
  }

  /** Updates a listing's custom record if the fields that it is made from have changed. */
  #updateCustomRecord(before: SandboxRecord, after: SandboxRecord): void {
    if (!this.#store.isFilled('CustomProperty')) return;
    const [old, next] = [before, after].map((listing) =>
      childMakers.CustomProperty(this.#base.seed, listing),
    );
    if (next?.[0] === undefined || JSON.stringify(old) === JSON.stringify(next)) return;
    this.#store.table('CustomProperty').put(next[0]);
  }
}
