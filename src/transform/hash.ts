import { createHash } from 'node:crypto';
import { membersOf } from '../dataset/members.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { ScannedRecord, RawRecord } from '../model/page.ts';
import { scan, textOf } from './scanned.ts';

/** 128 bits as 32 hex digits: two different records of one key never meet. */
export function hash(text: string): string {
  return shortened(createHash('sha256').update(text));
}

function shortened(sum: ReturnType<typeof createHash>): string {
  return sum.digest('hex').slice(0, 32);
}

/**
 * Makes the function that tells whether a record's content changed: a hash of its JSON as sent, without the fields that
 * differ at every query or re-stamp, and of the resource's columns, so that a new column makes every row differ.
 */
export function contentHash(dataset: Dataset): (record: RawRecord) => string {
  const columns = hash(JSON.stringify(dataset.fields));
  const names = membersOf(dataset);
  const volatile = new Set(dataset.volatile.map((name) => names.indexOf(name)));
  // A quote inside a JSON string is escaped, so this can meet a member's name only.
  const pattern = new RegExp(
    `"(?:@odata\\.[A-Za-z]+|${dataset.volatile.join('|')})"\\s*:\\s*"[^"\\\\]*(?:\\\\.[^"\\\\]*)*"`,
    'g',
  );
  return (record) => {
    const scanned = scan(dataset, record);
    if (scanned === undefined) return hash(columns + textOf(record).replace(pattern, ''));
    const sum = createHash('sha256').update(columns);
    for (const part of without(scanned, volatile)) sum.update(part);
    return shortened(sum);
  };
}

/** The record's bytes without these members and what the server notes, where those are text. */
function without({ bytes, names, offsets: places }: ScannedRecord, volatile: ReadonlySet<number>): Buffer[] {
  const left: [start: number, end: number][] = [];
  const add = (place: number): void => {
    const [start = 0, value = 0, end = 0] = places.subarray(3 * place, 3 * place + 3);
    if (end > 0 && bytes[value] === QUOTE) left.push([start, end]);
  };
  for (const place of volatile) add(place);
  for (let place = names.length; 3 * place < places.length; place += 1) add(place);
  left.sort(([one], [other]) => one - other);
  let at = 0;
  const parts = left.map(([start, end]) => {
    const part = bytes.subarray(at, start);
    at = end;
    return part;
  });
  return [...parts, bytes.subarray(at)];
}

const QUOTE = 0x22;
