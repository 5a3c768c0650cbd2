import { type MemberNames, prepareNames, readJson, scanObject } from './scan/scan-json.ts';
import { membersOf } from '../dataset/members.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { ScannedRecord, RawRecord } from '../model/page.ts';

const namesCache = new WeakMap<Dataset, MemberNames>();
const blankCache = new WeakMap<readonly string[], Readonly<Record<string, unknown>>>();

/** Scans a record for its members; undefined if it needs JSON.parse or is not JSON. */
export function scanRecord(dataset: Dataset, record: RawRecord): ScannedRecord | undefined {
  const names = membersOf(dataset);
  if (typeof record !== 'string' && record.names === names) return record;
  // Encoding would replace half of a surrogate pair with another character.
  if (typeof record === 'string' && !record.isWellFormed()) return undefined;
  const table = namesCache.get(dataset) ?? prepareNames(names);
  namesCache.set(dataset, table);
  const bytes = typeof record === 'string' ? Buffer.from(record) : record.bytes;
  const offsets = new Int32Array(table.offsetsLength);
  return scanObject(bytes, 0, table, offsets) === bytes.length ? { bytes, names, offsets } : undefined;
}

/** Reads the members that were scanned for; missing ones are undefined. */
export function readMembers({ bytes, names, offsets }: ScannedRecord): Record<string, unknown> {
  const blank = blankCache.get(names) ?? Object.fromEntries(names.map((name) => [name, undefined]));
  blankCache.set(names, blank);
  // Copying an object with all members takes half the time of adding them one by one.
  const record = { ...blank };
  for (let index = 0; index < names.length; index += 1) {
    const end = offsets[3 * index + 2]!;
    if (end > 0) record[names[index]!] = readJson(bytes, offsets[3 * index + 1]!, end);
  }
  return record;
}

export function recordText(record: RawRecord): string {
  return typeof record === 'string' ? record : record.bytes.toString();
}
