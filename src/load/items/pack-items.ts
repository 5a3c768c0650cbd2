import type { Item } from '../../model/item.ts';
import { readRows } from '../release/read-row-text.ts';
import { createRowWriter, LINES, type RowWriter } from '../release/row-text.ts';

/** A record to store, and its item. */
export type ItemContent = {
  readonly key: string;
  /** The record as JSON text, and its hash. */
  readonly payload: string;
  readonly hash: string;
  /** Undefined: it cannot be an item, for the reason in `error`. */
  readonly item: { readonly columns: Item; readonly hash: string } | undefined;
  readonly error: string | null;
};

/** A record to store: what is compared of it, and its bytes in the pack. */
export type ItemWrite = {
  readonly key: string;
  readonly hash: string;
  /** Undefined: it cannot be an item, for the reason in `error`. */
  readonly itemHash: string | undefined;
  readonly error: string | null;
  /** Bytes of its line in `ItemPack.raw`, and in `ItemPack.items`, if the pack has lines. */
  readonly raw: readonly [start: number, end: number];
  readonly item: readonly [start: number, end: number];
  /** Undefined if the pack has lines. */
  readonly content: ItemContent | undefined;
};

/**
 * Records to store. If they are sent by LOAD DATA, their values are lines already: two texts outside of the heap take half of the
 * memory of several strings for each record, and nothing has to copy them while they wait.
 */
export type ItemPack = {
  readonly writes: readonly ItemWrite[];
  /** Each line: hash, key, payload. */
  readonly raw: Buffer;
  /** Each line: hash, key, and the columns of an item. */
  readonly items: Buffer;
};

/** Columns of an item, in the order of its line. */
const PROPERTIES = [
  'title',
  'description',
  'category',
  'url',
  'amount',
  'quantity',
  'metadata',
  'publishedAt',
] as const satisfies readonly (keyof Item)[];

export type ItemPacker = {
  add(content: ItemContent): void;
  /** Call it once, after the last record. */
  take(): ItemPack;
};

/** @param method as in `ItemScope`. */
export function createItemPacker(method: 'local' | 'insert'): ItemPacker {
  const writes: ItemWrite[] = [];
  const raw = createRowWriter(LINES);
  const items = createRowWriter(LINES);
  return {
    add: (content) => {
      const { key, payload, hash, item, error } = content;
      const isLine = method === 'local';
      writes.push({
        key,
        hash,
        itemHash: item?.hash,
        error,
        raw: isLine ? addLine(raw, hash, [key, payload]) : NO_LINE,
        item:
          isLine && item !== undefined
            ? addLine(items, item.hash, [key, ...valuesOf(item.columns)])
            : NO_LINE,
        content: isLine ? undefined : content,
      });
    },
    take: () => ({ writes, raw: raw.take(), items: items.take() }),
  };
}

const NO_LINE = [0, 0] as const;

function addLine(
  writer: RowWriter,
  hash: string,
  values: readonly (string | null)[],
): readonly [start: number, end: number] {
  const start = writer.length();
  writer.add(values, hash);
  return [start, writer.length()];
}

/** The columns of an item, as `ITEM_COLUMNS` of item-rows.ts names them. */
export function valuesOf(item: Item): (string | null)[] {
  return PROPERTIES.map((name) => item[name]);
}

/** The values of a record again. */
export function unpackItem(pack: ItemPack, write: ItemWrite): ItemContent {
  if (write.content !== undefined) return write.content;
  const { key, hash, itemHash, error } = write;
  const [[, payload = ''] = []] = readRows(LINES, pack.raw.subarray(...write.raw), 1) as string[][];
  if (itemHash === undefined) return { key, payload, hash, item: undefined, error };
  const [[, ...values] = []] = readRows(LINES, pack.items.subarray(...write.item), 1);
  const columns = Object.fromEntries(PROPERTIES.map((name, nth) => [name, values[nth] ?? null]));
  return { key, payload, hash, item: { columns: columns as Item, hash: itemHash }, error };
}

/** The lines of some records, in parts. */
export function linesOf(text: Buffer, spans: readonly (readonly [start: number, end: number])[]): Buffer[] {
  const parts: Buffer[] = [];
  let [start, end] = [0, 0];
  for (const [from, to] of spans) {
    if (from !== end) {
      if (end > start) parts.push(text.subarray(start, end));
      start = from;
    }
    end = to;
  }
  if (end > start) parts.push(text.subarray(start, end));
  // Each part is sent as a packet.
  return parts.length > MAX_PARTS ? [Buffer.concat(parts)] : parts;
}

const MAX_PARTS = 8;
