import { formatSize } from '../../lib/size.ts';
import type { ItemContent } from '../../load/items/pack-items.ts';
import type { ItemRecord } from '../../sources/items.ts';
import { hashText } from '../../transform/hash.ts';

type Mapped = Pick<ItemRecord, 'key' | 'payload' | 'item' | 'error'>;

/** What is stored of a record. A record that no statement can hold is stored without its content. */
export function toContent({ key, payload, item, error }: Mapped, maxBytes: number): ItemContent {
  const hash = hashText(payload);
  // A payload, and the metadata made of it, take up to three bytes for each code unit.
  if (payload.length > maxBytes / 8) {
    const bytes = Buffer.byteLength(payload);
    const reason = `the record has ${formatSize(bytes)}, more than the database takes (max_allowed_packet)`;
    return { key, payload: JSON.stringify({ bytes }), hash, item: undefined, error: reason };
  }
  if (item === undefined) return { key, payload, hash, item, error: error ?? 'it cannot be an item' };
  const { title, description, category, url, amount, quantity, metadata, publishedAt } = item;
  const columns = [title, description, category, url, amount, quantity, metadata, publishedAt];
  return {
    key,
    payload,
    hash,
    item: { columns: item, hash: hashText(JSON.stringify(columns)) },
    error: null,
  };
}
