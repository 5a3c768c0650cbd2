import type { RawRecord } from '../../../sources/items.ts';
import { createRandom, type Random, sample } from '../../trestle/random.ts';
import type { Entry, RecordKind } from './entry.ts';

/** The records of the start were created from then on, evenly, until the end. */
const START = Date.UTC(2024, 0, 2, 9);
const END = Date.UTC(2026, 5, 1, 9);
/** Records with the same stamp: real systems write several in one second. */
const GROUP = 3;

export type CollectionOptions = {
  readonly name: string;
  readonly kind: RecordKind;
  readonly records: number;
  readonly seed: number;
  readonly clock: () => number;
};

/** Records that can be changed, in the order of their creation. */
export class Collection {
  readonly name: string;
  readonly #options: CollectionOptions;
  readonly #random: Random;
  #entries: Entry[] = [];
  #created = 0;
  #version = 1;
  #modifiedAt: number;

  constructor(options: CollectionOptions) {
    this.name = options.name;
    this.#options = options;
    this.#random = createRandom(options.seed, options.name);
    const step = Math.floor((END - START) / Math.ceil(options.records / GROUP) / 1000) * 1000;
    for (let n = 0; n < options.records; n += 1) this.#create(START + Math.floor(n / GROUP) * step);
    this.#modifiedAt = this.#entries.at(-1)?.updatedAt ?? START;
  }

  list(): readonly Entry[] {
    return this.#entries;
  }

  /** Moves with each change. */
  get version(): number {
    return this.#version;
  }

  /** When it last changed: milliseconds since the epoch. */
  get modifiedAt(): number {
    return this.#modifiedAt;
  }

  /** Adds records; returns their keys. */
  add(count: number): string[] {
    const keys = Array.from({ length: count }, () => this.#create(this.#now()).key);
    return this.#changed(keys);
  }

  /** Adds one record in which these values replace the generated ones; `at` is its stamp, and may be in the past. */
  insert(fields: RawRecord, at = this.#now()): string {
    const { key, record } = this.#create(at);
    this.#replace(key, (entry) => ({ ...entry, record: { ...record, ...fields } }));
    this.#changed([key]);
    return key;
  }

  /** Changes values of that many records; returns their keys. */
  edit(count: number, keepsStamp = false): string[] {
    const keys = sample(this.#random, this.#entries, count).map(({ key }) => key);
    for (const key of keys)
      this.#replace(key, (entry) => ({
        ...entry,
        record: this.#options.kind.edit(entry.record, this.#random),
        updatedAt: keepsStamp ? entry.updatedAt : this.#now(),
      }));
    return this.#changed(keys);
  }

  /** Replaces these values of a record. @returns whether there is such a record. */
  patch(key: string, fields: RawRecord, keepsStamp = false): boolean {
    const isKnown = this.#replace(key, (entry) => ({
      ...entry,
      record: { ...entry.record, ...fields },
      updatedAt: keepsStamp ? entry.updatedAt : this.#now(),
    }));
    if (isKnown) this.#changed([key]);
    return isKnown;
  }

  /** Deletes that many records; returns their keys. */
  delete(count: number): string[] {
    const keys = sample(this.#random, this.#entries, count).map(({ key }) => key);
    const gone = new Set(keys);
    this.#entries = this.#entries.filter(({ key }) => !gone.has(key));
    return this.#changed(keys);
  }

  /** @returns whether there was such a record. */
  remove(key: string): boolean {
    const left = this.#entries.filter((entry) => entry.key !== key);
    if (left.length === this.#entries.length) return false;
    this.#entries = left;
    this.#changed([key]);
    return true;
  }

  #create(at: number): Entry {
    this.#created += 1;
    const { key, record } = this.#options.kind.create(this.#created, this.#random, at);
    const entry = { key, createdAt: at, updatedAt: at, record };
    this.#entries.push(entry);
    return entry;
  }

  #replace(key: string, change: (entry: Entry) => Entry): boolean {
    const index = this.#entries.findIndex((entry) => entry.key === key);
    if (index === -1) return false;
    this.#entries[index] = change(this.#entries[index]!);
    return true;
  }

  #changed(keys: string[]): string[] {
    if (keys.length > 0) {
      this.#version += 1;
      // Last-Modified has whole seconds: a change in the second of the last one must not look like none.
      this.#modifiedAt = Math.max(this.#now(), this.#modifiedAt + 1000);
    }
    return keys;
  }

  #now(): number {
    return this.#options.clock();
  }
}
