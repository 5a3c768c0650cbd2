import { type Base, household, mediaOf } from './data/base.ts';
import { altered, mediaMoved, photographed } from './data/later.ts';
import { medium } from './data/media.ts';
import { belongings } from './derived.ts';
import { stamp } from './instant.ts';
import { draw, random } from './random.ts';
import { type Rec, textIn } from './record.ts';
import type { Store } from './store.ts';

/** The single steps that changes are made of. */
export class Hands {
  readonly #store: Store;
  readonly #base: Base;
  readonly #now: () => number;
  #nextListing: number;
  #nextMedia: number;
  #turn = 0;

  /** `media` is how many the base data has: numbers go on from there. */
  constructor(store: Store, base: Base, media: number, now: () => number) {
    this.#now = now;
    this.#store = store;
    this.#base = base;
    this.#nextListing = base.listings;
    this.#nextMedia = media;
  }

  /** Keys of different listings, other ones every time. */
  some(count: number): string[] {
    return draw(random(this.#base.seed, 'turn', ++this.#turn), this.#store.table('Property').keys(), count);
  }

  /** Alters some listings; each gets an instant of its own. */
  edit(count: number, alter: (record: Rec, at: number, nth: number) => Rec): string[] {
    const listings = this.#store.table('Property');
    const keys = this.some(count);
    const moments = this.#store.moments(keys.length);
    for (const [i, key] of keys.entries()) {
      const { record } = listings.get(key)!;
      this.#follow(record, listings.put(alter(record, moments[i]!, i)).record);
    }
    return keys;
  }

  /** Adds the next listing with its media and all else. */
  add(at: number): string {
    const index = this.#nextListing++;
    const count = mediaOf({ ...this.#base, listings: Infinity }, index);
    const [record, owned] = household(this.#base, index, at, count, this.#nextMedia);
    this.#nextMedia += count;
    for (const each of owned) this.#store.table('Media').put({ ...each, ...mediaMoved(at) });
    this.#furnish(record, at);
    return this.#store.table('Property').put(photographed(record, at, count)).key;
  }

  /** Removes a listing and all that belongs to it. */
  drop(key: string): void {
    for (const name of ['Media', ...Object.keys(belongings)]) {
      // What was never made is made without it.
      if (!this.#store.isFilled(name)) continue;
      const table = this.#store.table(name);
      for (const { key: own } of table.family(key)) table.remove(own);
    }
    this.#store.table('Property').remove(key);
  }

  /** Adds a photo; or removes one; or, every third time, adds, removes and alters one. */
  reshoot(record: Rec, at: number, nth: number): Rec {
    const media = this.#store.table('Media');
    const owner = textIn(record, 'ListingKey');
    const [first, second, ...others] = media.family(owner);
    const count = [first, second].filter(Boolean).length + others.length;
    if (nth % 3 !== 1) media.put(medium(this.#base.seed, this.#nextMedia++, record, count + 1, at));
    if (nth % 3 !== 0 && first) media.remove(first.key);
    if (nth % 3 === 2 && second) media.put(altered(second.record, at));
    return photographed(record, at, media.family(owner).length);
  }

  #furnish(listing: Rec, at: number): void {
    for (const [name, make] of Object.entries(belongings)) {
      if (!this.#store.isFilled(name)) continue;
      const table = this.#store.table(name);
      const moved = table.set.cursor === undefined ? {} : { [table.set.cursor]: stamp(at) };
      for (const own of make(this.#base.seed, listing, this.#now())) table.put({ ...own, ...moved });
    }
  }

  /** A listing's custom record follows it, where what it is made of has changed. */
  #follow(before: Rec, after: Rec): void {
    if (!this.#store.isFilled('CustomProperty')) return;
    const [old, next] = [before, after].map((listing) => belongings.CustomProperty(this.#base.seed, listing));
    if (next?.[0] === undefined || JSON.stringify(old) === JSON.stringify(next)) return;
    this.#store.table('CustomProperty').put(next[0]);
  }
}
