import type { RawRecord } from '../../../sources/items.ts';
import type { Random } from '../../trestle/random.ts';

/** A record of a collection. */
export type Entry = {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly record: RawRecord;
};

/** What the records of a collection are. */
export type RecordKind = {
  /** The record with this number, from 1. */
  create(number: number, random: Random, at: number): { readonly key: string; readonly record: RawRecord };
  /** The record after a change of its values. Its key stays. */
  edit(record: RawRecord, random: Random): RawRecord;
};

/** A value of a record as text; empty if it has none. */
export function textOf(record: RawRecord, name: string): string {
  const value = record[name] ?? '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
