import { instantOf } from './instant.ts';
import type { Rec } from './record.ts';
import type { EntitySet } from './sets.ts';

/** A record in its place. A change makes a new entry; the old one is dead. */
export type Entry = {
  readonly key: string;
  /** The cursor field's instant; -Infinity where there is none: nulls come first. */
  readonly at: number;
  readonly record: Rec;
  alive: boolean;
  /** The record's JSON, whole but for its end; made when it is first asked for. */
  open?: Buffer;
};

export type Compare = (a: Entry, b: Entry) => number;

/** By instant, then by key, compared as text. */
export const byTime: Compare = (a, b) =>
  a.at === b.at ? (a.key < b.key ? -1 : Number(a.key > b.key)) : a.at < b.at ? -1 : 1;

/** The records of one set: by key, by parent, and in order of time. */
export class Table {
  #set: EntitySet;
  readonly #entries = new Map<string, Entry>();
  readonly #families = new Map<string, Map<string, Entry>>();
  readonly #orders = new Map<string, readonly Entry[]>();
  #sorted: Entry[] = [];
  #added: Entry[] = [];
  #stale = false;
  #latest = -Infinity;

  constructor(set: EntitySet) {
    this.#set = set;
  }

  get set(): EntitySet {
    return this.#set;
  }

  /** What its records have from now on. */
  describe(set: EntitySet): void {
    this.#set = set;
    this.#orders.clear();
    for (const entry of this.#entries.values()) delete entry.open;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The latest instant that was ever put. */
  get latest(): number {
    return this.#latest;
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  keys(): string[] {
    return [...this.#entries.keys()];
  }

  values(): Iterable<Entry> {
    return this.#entries.values();
  }

  put(record: Rec): Entry {
    const key = record[this.set.key];
    if (typeof key !== 'string') throw new TypeError(`${this.set.name} without ${this.set.key}`);
    const moment = this.set.cursor === undefined ? undefined : record[this.set.cursor];
    const at = typeof moment === 'string' ? (instantOf(moment) ?? -Infinity) : -Infinity;
    const entry: Entry = { key, at, record, alive: true };
    this.#bury(key);
    this.#entries.set(key, entry);
    this.#family(record, true)?.set(key, entry);
    this.#added.push(entry);
    this.#latest = Math.max(this.#latest, at);
    this.#stale = true;
    return entry;
  }

  remove(key: string): boolean {
    this.#bury(key);
    this.#stale = true;
    return this.#entries.delete(key);
  }

  /** The records that belong to a record of another set. */
  family(parent: string): Entry[] {
    return [...(this.#families.get(parent)?.values() ?? [])];
  }

  /** All entries by time. Costs one walk after changes, however many there were. */
  sorted(): readonly Entry[] {
    if (!this.#stale) return this.#sorted;
    const added = this.#added.filter((entry) => entry.alive).sort(byTime);
    this.#sorted = merge(
      this.#sorted.filter((entry) => entry.alive),
      added,
    );
    this.#added = [];
    this.#stale = false;
    this.#orders.clear();
    return this.#sorted;
  }

  /** All entries in another order, which is kept under its name until something changes. */
  ordered(name: string, compare: Compare): readonly Entry[] {
    const sorted = this.sorted();
    const known = this.#orders.get(name) ?? [...sorted].sort(compare);
    this.#orders.set(name, known);
    return known;
  }

  #family(record: Rec, create = false): Map<string, Entry> | undefined {
    const parent = this.set.parent && record[this.set.parent.field];
    if (typeof parent !== 'string') return undefined;
    const known = this.#families.get(parent);
    if (known !== undefined || !create) return known;
    const family = new Map<string, Entry>();
    this.#families.set(parent, family);
    return family;
  }

  #bury(key: string): void {
    const old = this.#entries.get(key);
    if (old === undefined) return;
    old.alive = false;
    this.#family(old.record)?.delete(key);
  }
}

function merge(left: readonly Entry[], right: readonly Entry[]): Entry[] {
  if (left.length === 0 || right.length === 0) return [...left, ...right];
  const merged: Entry[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const fromLeft = r >= right.length || (l < left.length && byTime(left[l]!, right[r]!) <= 0);
    merged.push(fromLeft ? left[l++]! : right[r++]!);
  }
  return merged;
}
