import { createItemPacker, type ItemPack } from '../../load/items/pack-items.ts';
import type { ItemRecord } from '../../sources/items.ts';
import { toContent } from './to-content.ts';

export type PackableRecord = Omit<ItemRecord, 'missing'>;

/** A record that a log may name. */
export type Remark = Pick<ItemRecord, 'key' | 'place' | 'error' | 'notes'>;

/** Records as they are stored, and what is remarkable about some of them. */
export type RecordPack = ItemPack & { readonly remarks: readonly Remark[] };

export type PackOptions = {
  readonly method: 'local' | 'insert';
  /** Maximum bytes of a statement. */
  readonly maxBytes: number;
};

export type RecordPacker = {
  add(record: PackableRecord): void;
  /** Call it once, after the last record. */
  take(): RecordPack;
};

export function createRecordPacker({ method, maxBytes }: PackOptions): RecordPacker {
  const packer = createItemPacker(method);
  const remarks: Remark[] = [];
  return {
    add: (record) => {
      packer.add(toContent(record, maxBytes));
      const { key, place, error, notes } = record;
      if (error !== undefined || notes.length > 0) remarks.push({ key, place, error, notes });
    },
    take: () => ({ ...packer.take(), remarks }),
  };
}

export function packRecords(records: readonly PackableRecord[], options: PackOptions): RecordPack {
  const packer = createRecordPacker(options);
  for (const record of records) packer.add(record);
  return packer.take();
}
