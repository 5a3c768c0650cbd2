import type { Dataset } from '../../../dataset/dataset.ts';
import { membersOf } from '../../../dataset/members.ts';
import { parentLink } from '../../../dataset/reading.ts';
import type { Page, RawRecord, ScannedRecord } from '../../../model/page.ts';
import { createListSplitter, type SplitPage } from './split.ts';
import { isUsableKey, readMembers } from './records.ts';

/** Annotations of an expanded member. They are no part of the record, and a query without `$expand` does not send them. */
const ANNOTATIONS = ['@odata.context', '@odata.count', '@odata.nextLink'];

const OPEN_BRACKET = 0x5b;
const COMMA = 0x2c;
const CLOSE_BRACE = 0x7d;

/** A page's records as a query without `$expand` sends them, and their child records. */
export type SeparatedPage = {
  readonly records: readonly RawRecord[];
  /** Splits the child records of these parents when they are needed: they outnumber the parents. */
  readonly children: (dataset: Dataset, parents: readonly string[]) => Promise<Page>;
};

/** The members to locate in records that were requested with their child records. */
export function expandedMembersOf(dataset: Dataset, children: readonly Dataset[]): readonly string[] {
  return [...membersOf(dataset), ...children.flatMap(linkMembersOf)];
}

function linkMembersOf(child: Dataset): string[] {
  const link = linkOf(child);
  return [link, ...ANNOTATIONS.map((annotation) => `${link}${annotation}`)];
}

function linkOf(child: Dataset): string {
  return parentLink(child)?.link ?? child.name;
}

/**
 * Separates records from their child records. A record's bytes must be those that it has without `$expand`: they are stored,
 * and their hash shows whether it changed.
 * @returns undefined if a record cannot be separated: it is damaged, or not regular JSON.
 */
export function separatePage(
  dataset: Dataset,
  children: readonly Dataset[],
  { body, records: sent }: Pick<SplitPage, 'body' | 'records'>,
): SeparatedPage | undefined {
  const lists = new Map(children.map((child) => [child.name, new Map<string, number>()]));
  const records: RawRecord[] = [];
  const seen = new Set<unknown>();
  for (const record of sent) {
    if (typeof record === 'string') return undefined;
    const [key] = readMembers(record, [dataset.key]);
    // Of two versions in one page only one is stored: neither set is proven.
    const isRepeated = seen.has(key);
    seen.add(key);
    for (const child of children) {
      const at: number = 3 * record.names.indexOf(linkOf(child));
      const value = record.offsets[at + 1]!;
      if (record.offsets[at + 2]! > 0 && record.bytes[value] === OPEN_BRACKET && isUsableKey(key))
        lists.get(child.name)!.set(key, record.bytes.byteOffset - body.byteOffset + value);
      if (isRepeated && isUsableKey(key)) lists.get(child.name)!.delete(key);
    }
    records.push(withoutLinks(dataset, record));
  }
  const splitters = new Map(
    children.map((child) => [child.name, createListSplitter(body, membersOf(child))]),
  );
  return {
    records,
    children: async ({ name }, parents) => {
      const found: RawRecord[] = [];
      for (const parent of parents) {
        const list = lists.get(name)?.get(parent);
        if (list !== undefined) for (const record of await splitters.get(name)!(list)) found.push(record);
      }
      return { records: found, damaged: new Set(), cursor: undefined };
    },
  };
}

type Range = { readonly from: number; readonly to: number };

/** Removes the expanded members of a record, and moves the offsets of the others. */
function withoutLinks(dataset: Dataset, record: ScannedRecord): ScannedRecord {
  const { bytes, offsets } = record;
  const names = membersOf(dataset);
  const links = record.names.length - names.length;
  const members: Range[] = [];
  for (let at = 3 * names.length; at < 3 * (names.length + links); at += 3) {
    if (offsets[at + 2]! > 0) members.push({ from: offsets[at]!, to: offsets[at + 2]! });
  }
  members.sort((one, other) => one.from - other.from);
  const removed: Range[] = [];
  for (const member of members) removed.push(withComma(bytes, member, removed.at(-1)?.to ?? 1));
  const kept = new Int32Array(offsets.length - 3 * links);
  kept.set(offsets.subarray(0, 3 * names.length));
  kept.set(offsets.subarray(3 * record.names.length), 3 * names.length);
  for (const { from, to } of removed.toReversed()) {
    for (let at = 0; at < kept.length; at += 1) if (kept[at]! >= to) kept[at]! -= to - from;
  }
  return { bytes: removeRanges(bytes, removed), names, offsets: kept };
}

/**
 * The range of a member with the comma before it, or after it if it is the first member that is left.
 * @param start the end of the removed member before it, or the offset after the record's brace.
 */
function withComma(bytes: Buffer, member: Range, start: number): Range {
  let comma = member.from - 1;
  while (bytes[comma]! <= 0x20) comma -= 1;
  if (bytes[comma] === COMMA && comma >= start) return { from: comma, to: member.to };
  let next = member.to;
  while (bytes[next]! <= 0x20) next += 1;
  return { from: start, to: bytes[next] === COMMA ? next + 1 : member.to };
}

/**
 * Returns the bytes without these ranges. Expanded members are usually the last ones: then the closing brace is moved in place,
 * over the comma before them, and nothing is copied.
 */
function removeRanges(bytes: Buffer, removed: readonly Range[]): Buffer {
  const [first] = removed;
  if (first === undefined) return bytes;
  const isTail = removed.every(({ to }, index) => to === (removed[index + 1]?.from ?? bytes.length - 1));
  if (isTail && bytes[first.from] === COMMA) {
    bytes[first.from] = CLOSE_BRACE;
    return bytes.subarray(0, first.from + 1);
  }
  let at = 0;
  const parts = removed.map(({ from, to }) => {
    const part = bytes.subarray(at, from);
    at = to;
    return part;
  });
  return Buffer.concat([...parts, bytes.subarray(at)]);
}
