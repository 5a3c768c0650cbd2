import { createHash, hash } from 'node:crypto';
import { membersOf } from '../dataset/members.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { ScannedRecord, RawRecord } from '../model/page.ts';
import { scanRecord, recordText } from './scan-record.ts';

/** 128 bits as 32 hex digits: different versions of a record do not collide. */
export function hashText(text: string): string {
  return hash('sha256', text).slice(0, 32);
}

function shortDigest(sum: ReturnType<typeof createHash>): string {
  return sum.digest('hex').slice(0, 32);
}

/**
 * Creates the function that hashes a record's content: its JSON as sent, without fields that differ on every query or re-stamp,
 * and the dataset's columns, so that a new column changes the hash of every row.
 */
export function createContentHasher(dataset: Dataset): (record: RawRecord) => string {
  const columns = hashText(JSON.stringify(dataset.fields));
  const names = membersOf(dataset);
  const volatile = new Set(dataset.volatile.map((name) => names.indexOf(name)));
  // Quotes inside JSON strings are escaped, so this matches only member names.
  const pattern = new RegExp(
    `"(?:@odata\\.[A-Za-z]+|${dataset.volatile.join('|')})"\\s*:\\s*"[^"\\\\]*(?:\\\\.[^"\\\\]*)*"`,
    'g',
  );
  return (record) => {
    const scanned = scanRecord(dataset, record);
    if (scanned === undefined) return hashText(columns + recordText(record).replace(pattern, ''));
    const sum = createHash('sha256').update(columns);
    for (const part of withoutMembers(scanned, volatile)) sum.update(part);
    return shortDigest(sum);
  };
}

/** Returns the record's bytes without these members and the server's annotations, if their values are strings. */
function withoutMembers({ bytes, names, offsets }: ScannedRecord, volatile: ReadonlySet<number>): Buffer[] {
  const ranges: [start: number, end: number][] = [];
  const add = (index: number): void => {
    const [start = 0, value = 0, end = 0] = offsets.subarray(3 * index, 3 * index + 3);
    if (end > 0 && bytes[value] === QUOTE) ranges.push([start, end]);
  };
  for (const index of volatile) add(index);
  for (let index = names.length; 3 * index < offsets.length; index += 1) add(index);
  ranges.sort(([one], [other]) => one - other);
  let at = 0;
  const parts = ranges.map(([start, end]) => {
    const part = bytes.subarray(at, start);
    at = end;
    return part;
  });
  return [...parts, bytes.subarray(at)];
}

const QUOTE = 0x22;
