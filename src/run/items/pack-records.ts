import { setImmediate } from 'node:timers/promises';
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

/** Otherwise the server would wait for its next lines until all records are packed. */
const MAX_RECORDS_AT_ONCE = 100;

/** Packs records, and lets other work continue meanwhile. */
export async function packRecords(
  records: readonly PackableRecord[],
  { method, maxBytes }: PackOptions,
): Promise<RecordPack> {
  const packer = createItemPacker(method);
  const remarks: Remark[] = [];
  for (let nth = 0; nth < records.length; nth += 1) {
    if (nth % MAX_RECORDS_AT_ONCE === MAX_RECORDS_AT_ONCE - 1) await setImmediate();
    const record = records[nth]!;
    packer.add(toContent(record, maxBytes));
    const { key, place, error, notes } = record;
    if (error !== undefined || notes.length > 0) remarks.push({ key, place, error, notes });
  }
  return { ...packer.take(), remarks };
}
