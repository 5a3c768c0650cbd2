import { expect, test } from 'vitest';
import type { Checkpoint, ItemBatch, ItemReader, ItemRecord } from '../../src/sources/items.ts';

/** A reader of items under test, and what it reads. */
export type ItemSubject = {
  readonly reader: ItemReader;
  /** The keys of all records that the source has. */
  readonly keys: readonly string[];
  /** Requests that the server has received; undefined for a reader of local files. */
  readonly requests?: (() => number) | undefined;
  /** Requests that the source has counted. */
  readonly counted?: (() => number) | undefined;
};

export type ItemConformance = {
  /** A new reader of a new server or folder, whose reads take several batches. */
  readonly open: () => Promise<ItemSubject>;
  /**
   * `unchanged`: a second read ends with that outcome and has no records. `repeated`: it has only records of the first one,
   * with the same payloads.
   */
  readonly second: 'unchanged' | 'repeated';
};

const NEVER = new AbortController().signal;
/** Of a batch: a CSV file has 5,000 lines in one, other sources 1,000. */
const MAX_RECORDS = 5000;

/** Tests that every reader of items must pass. To be called inside a `describe`. */
export function itemsConform({ open, second }: ItemConformance): void {
  test('reads every record once, in several batches, and the last one ends the read', async () => {
    const { reader, keys } = await open();
    const batches = await readAll(reader);
    expect(batches.length).toBeGreaterThan(1);
    expect(keysOf(batches).sort()).toEqual([...keys].sort());
    expect(batches.map(({ end }) => end !== undefined)).toEqual(
      batches.map((_, n) => n === batches.length - 1),
    );
    expect(batches.at(-1)!.end!.outcome).toBe('read');
    for (const { records, place } of batches) {
      expect(records.length).toBeLessThanOrEqual(MAX_RECORDS);
      expect(place).not.toBe('');
    }
    expect(batches.at(-1)!.checkpoint.position).toBeNull();
  });

  test('passes records on early or in their batch, each once and in order, before the checkpoint after them', async () => {
    const { reader } = await open();
    const batches = await readAll(reader);
    const records: ItemRecord[] = [];
    const onRecords = (early: readonly ItemRecord[]) => records.push(...early);
    let nth = 0;
    for await (const batch of reader.read({ checkpoint: undefined, always: false, onRecords }, NEVER)) {
      records.push(...batch.records);
      expect(records).toEqual(recordsOf(batches.slice(0, nth + 1)));
      nth += 1;
    }
    expect(nth).toBe(batches.length);
  });

  test('resumes from the checkpoint of any batch without loss, and such a read is not whole', async () => {
    const { reader, keys } = await open();
    const batches = await readAll(reader);
    for (const [nth, { checkpoint, end }] of batches.entries()) {
      // A checkpoint is stored as JSON.
      const stored = JSON.parse(JSON.stringify(checkpoint)) as Checkpoint;
      const before = new Set(keysOf(batches.slice(0, nth + 1)));
      const rest = await readAll(reader, stored);
      const after = new Set(keysOf(rest));
      expect(keys.filter((key) => !before.has(key) && !after.has(key))).toEqual([]);
      if (end === undefined && !isSubset(keys, after)) expect(rest.at(-1)!.end!.isWhole).toBe(false);
    }
  });

  test('a second read of the same source brings nothing new', async () => {
    const { reader } = await open();
    const first = await readAll(reader);
    const again = await readAll(reader, first.at(-1)!.checkpoint);
    const known = new Map(recordsOf(first).map(({ key, payload }) => [key, payload]));
    for (const { key, payload } of recordsOf(again)) expect(payload).toBe(known.get(key));
    if (second === 'unchanged') {
      expect([again.at(-1)!.end!.outcome, recordsOf(again).length]).toEqual(['unchanged', 0]);
    }
    expect(again.at(-1)!.checkpoint.value).toBe(first.at(-1)!.checkpoint.value);
  });

  test('reads everything again if asked to, also without a change', async () => {
    const { reader, keys } = await open();
    const batches = await readAll(reader);
    const { validators } = batches.at(-1)!.checkpoint;
    const checkpoint: Checkpoint = {
      kind: batches[0]!.checkpoint.kind,
      value: null,
      position: null,
      validators,
    };
    const again = await readAll(reader, checkpoint, true);
    expect(keysOf(again).sort()).toEqual([...keys].sort());
  });

  test('ends after the number of batches that it is given', async () => {
    const { reader } = await open();
    const batches: ItemBatch[] = [];
    const options = { checkpoint: undefined, always: false, maxBatches: 1 };
    for await (const batch of reader.read(options, NEVER)) batches.push(batch);
    expect(batches).toHaveLength(1);
  });

  test('ends with the reason of an abort, and sends nothing after it', async () => {
    const { reader, requests = () => 0 } = await open();
    const stop = new AbortController();
    const reason = new Error('stopped');
    const reading = (async () => {
      for await (const _ of reader.read({ checkpoint: undefined, always: false }, stop.signal)) {
        stop.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
    const sent = requests();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(requests()).toBe(sent);
  });

  test('counts its requests as the server does', async () => {
    const { reader, requests, counted } = await open();
    await readAll(reader);
    expect(counted?.()).toBe(requests?.());
  });

  test('has a hash of what it reads and one of its mapping', async () => {
    const [{ reader }, other] = [await open(), await open()];
    expect(reader.readShape).not.toBe('');
    expect(reader.mapShape).toBe(other.reader.mapShape);
  });
}

/** Reads all batches. @param checkpoint undefined: from the beginning. */
export async function readAll(
  reader: ItemReader,
  checkpoint?: Checkpoint,
  always = false,
): Promise<ItemBatch[]> {
  const batches: ItemBatch[] = [];
  for await (const batch of reader.read({ checkpoint, always }, NEVER)) batches.push(batch);
  return batches;
}

export function recordsOf(batches: readonly ItemBatch[]): ItemBatch['records'] {
  return batches.flatMap(({ records }) => records);
}

export function keysOf(batches: readonly ItemBatch[]): string[] {
  return recordsOf(batches).map(({ key }) => key);
}

function isSubset(keys: readonly string[], of: ReadonlySet<string>): boolean {
  return keys.every((key) => of.has(key));
}
