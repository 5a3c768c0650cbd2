import { parsePreciseInstant } from './instant.ts';
import type { SandboxRecord } from './record.ts';
import type { EntitySet } from './sets.ts';

/** A record with its sort position. A change creates a new entry, and the old one is no longer live. */
export type TableEntry = {
  readonly key: string;
  /** The cursor field's instant; -Infinity if there is none: nulls sort first. */
  readonly at: number;
  readonly record: SandboxRecord;
  isLive: boolean;
  /** The record's JSON without its end; made when it is first requested. */
  open?: Buffer;
  /** Instants of other fields, by name; parsed when they are first compared. */
  instants?: Map<string, number | null>;
};

export type Compare = (a: TableEntry, b: TableEntry) => number;

/** By instant, then by key, compared as text. */
export const compareByTime: Compare = (a, b) =>
  a.at === b.at ? (a.key < b.key ? -1 : Number(a.key > b.key)) : a.at < b.at ? -1 : 1;

type SortedList = { readonly compare: Compare; readonly entries: readonly TableEntry[] };

/** The records of one set, by key, by parent and by time. */
export class Table {
  #set: EntitySet;
  readonly #entries = new Map<string, TableEntry>();
  readonly #childrenByParent = new Map<string, Map<string, TableEntry>>();
  readonly #orders = new Map<string, SortedList>();
  #sorted: TableEntry[] = [];
  #added: TableEntry[] = [];
  #needsSorting = false;
  #latest = -Infinity;

  constructor(set: EntitySet) {
    this.#set = set;
  }

  get set(): EntitySet {
    return this.#set;
  }

  /** Replaces the fields of the set. */
  redefine(set: EntitySet): void {
    this.#set = set;
    this.#orders.clear();
    for (const entry of this.#entries.values()) delete entry.open;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The latest instant of all records that were ever stored. */
  get latest(): number {
    return this.#latest;
  }

  get(key: string): TableEntry | undefined {
    return this.#entries.get(key);
  }

  keys(): string[] {
    return [...this.#entries.keys()];
  }

  values(): Iterable<TableEntry> {
    return this.#entries.values();
  }

  put(record: SandboxRecord): TableEntry {
    const key = record[this.set.key];
    if (typeof key !== 'string') throw new TypeError(`${this.set.name} without ${this.set.key}`);
    const moment = this.set.cursor === undefined ? undefined : record[this.set.cursor];
    const at = typeof moment === 'string' ? (parsePreciseInstant(moment) ?? -Infinity) : -Infinity;
    const entry: TableEntry = { key, at, record, isLive: true };
    this.#retire(key);
    this.#entries.set(key, entry);
    this.#siblings(record, true)?.set(key, entry);
    this.#added.push(entry);
    this.#latest = Math.max(this.#latest, at);
    this.#needsSorting = true;
    return entry;
  }

  remove(key: string): boolean {
    this.#retire(key);
    this.#needsSorting = true;
    return this.#entries.delete(key);
  }

  /** The records that belong to a parent. */
  children(parent: string): TableEntry[] {
    return [...(this.#childrenByParent.get(parent)?.values() ?? [])];
  }

  /** All entries by time. Any number of changes costs one merge. */
  sorted(): readonly TableEntry[] {
    if (!this.#needsSorting) return this.#sorted;
    const added = this.#added.filter((entry) => entry.isLive);
    this.#sorted = mergeChanges(this.#sorted, added, compareByTime);
    for (const [name, { compare, entries }] of this.#orders)
      this.#orders.set(name, { compare, entries: mergeChanges(entries, added, compare) });
    this.#added = [];
    this.#needsSorting = false;
    return this.#sorted;
  }

  /** All entries in another order, which is kept under `name`. */
  ordered(name: string, compare: Compare): readonly TableEntry[] {
    const sorted = this.sorted();
    const known = this.#orders.get(name) ?? { compare, entries: [...sorted].sort(compare) };
    this.#orders.set(name, known);
    return known.entries;
  }

  #siblings(record: SandboxRecord, create = false): Map<string, TableEntry> | undefined {
    const parent = this.set.parent && record[this.set.parent.field];
    if (typeof parent !== 'string') return undefined;
    const known = this.#childrenByParent.get(parent);
    if (known !== undefined || !create) return known;
    const siblings = new Map<string, TableEntry>();
    this.#childrenByParent.set(parent, siblings);
    return siblings;
  }

  #retire(key: string): void {
    const old = this.#entries.get(key);
    if (old === undefined) return;
    old.isLive = false;
    this.#siblings(old.record)?.delete(key);
  }
}

/** Removes entries that are no longer live from a sorted list, and inserts others. */
function mergeChanges(
  sorted: readonly TableEntry[],
  added: readonly TableEntry[],
  compare: Compare,
): TableEntry[] {
  return mergeSorted(
    sorted.filter((entry) => entry.isLive),
    added.toSorted(compare),
    compare,
  );
}

function mergeSorted(
  left: readonly TableEntry[],
  right: readonly TableEntry[],
  compare: Compare,
): TableEntry[] {
  if (left.length === 0 || right.length === 0) return [...left, ...right];
  const merged: TableEntry[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const fromLeft = r >= right.length || (l < left.length && compare(left[l]!, right[r]!) <= 0);
    merged.push(fromLeft ? left[l++]! : right[r++]!);
  }
  return merged;
}
