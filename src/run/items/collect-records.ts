import { setImmediate } from 'node:timers/promises';
import type { ItemRecord } from '../../sources/items.ts';
import { addRecords, type Drift, startDrift } from './drift.ts';
import { addKeys, type KeyCounts, NO_KEYS } from './key-counts.ts';
import { createRecordPacker, type PackOptions, type RecordPack } from './pack-records.ts';

/** The records of a batch, and what is known of all records up to it. */
export type CollectedRecords = {
  readonly pack: RecordPack;
  readonly drift: Drift;
  readonly keys: KeyCounts;
};

/** Packs records as they are read. */
export type RecordCollector = {
  add(records: readonly ItemRecord[]): void;
  /** Takes the records since the last call. */
  take(): CollectedRecords;
};

/** @param fields those of an item that the mapping has. */
export function createRecordCollector(fields: readonly string[], options: PackOptions): RecordCollector {
  let packer = createRecordPacker(options);
  let [drift, keys] = [startDrift(fields), NO_KEYS];
  return {
    add: (records) => {
      for (const record of records) packer.add(record);
      drift = addRecords(drift, records);
    },
    take: () => {
      const pack = packer.take();
      packer = createRecordPacker(options);
      keys = addKeys(keys, pack.writes);
      return { pack, drift, keys };
    },
  };
}

/** Otherwise the server would wait for its next lines until all records are packed. */
const MAX_RECORDS_AT_ONCE = 100;

/** Adds the records of a batch, and lets other work continue meanwhile. */
export async function addInSlices(
  { add }: Pick<RecordCollector, 'add'>,
  records: readonly ItemRecord[],
): Promise<void> {
  for (let start = 0; start < records.length; start += MAX_RECORDS_AT_ONCE) {
    if (start > 0) await setImmediate();
    add(records.slice(start, start + MAX_RECORDS_AT_ONCE));
  }
}
