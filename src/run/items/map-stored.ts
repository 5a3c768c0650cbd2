import { isWithoutId } from '../../model/item.ts';
import type { RawItem } from '../../record/item-raw.ts';
import type { ItemReader, ItemRecord, RawRecord } from '../../sources/items.ts';

/** A row of raw_data, and what the present mapping makes of it. */
export type RemappedRecord = { readonly row: RawItem; readonly record: Omit<ItemRecord, 'missing'> };

/** Maps a stored record. One that cannot become an item keeps its key, so that its item stays the same one. */
export function mapStored(reader: Pick<ItemReader, 'mapper' | 'identify'>, row: RawItem): RemappedRecord {
  const { key, payload, error } = row;
  const place = 'raw_data';
  const raw = JSON.parse(payload) as RawRecord;
  if (isUnreadable(row, raw)) {
    const record = { key, payload, place, item: undefined, error: error ?? undefined, notes: [] };
    return { row, record };
  }
  const mapped = reader.mapper.map(raw, payload, reader.identify?.(raw));
  return { row, record: { ...mapped, key: mapped.item === undefined ? key : mapped.key, payload, place } };
}

/** Whether only the text of a record is stored, or only its size: mapping it again cannot help. */
function isUnreadable({ key, isProcessed }: RawItem, record: RawRecord): boolean {
  if (isProcessed) return false;
  const names = Object.keys(record).sort().join();
  return names === 'bytes' || (isWithoutId(key) && names === 'line,raw');
}
