import { placeholders } from '../../db/placeholders.ts';
import type { Session } from '../../db/pool.ts';
import { chunk } from '../../lib/chunk.ts';

/** What is stored of a record, and of its item. */
export type StoredItem = {
  readonly raw?: { readonly hash: string; readonly isProcessed: boolean; readonly error: string | null };
  readonly item?: { readonly id: number; readonly hash: string; readonly isDeleted: boolean };
};

/** Whether anything of a source is stored. */
export async function hasStoredItems(
  session: Session,
  { type, name }: { readonly type: string; readonly name: string },
): Promise<boolean> {
  const [row] = await session.select<{ n: number }>(
    'SELECT EXISTS (SELECT 1 FROM raw_data WHERE source_name = ?) OR ' +
      'EXISTS (SELECT 1 FROM unified_items WHERE source_type = ? AND source_name = ?) AS n',
    [name, type, name],
  );
  return row?.n !== 0;
}

/** Statements with so many keys are prepared once. A smaller list is filled up with its last key. */
const SIZES = [1000, 100, 10, 1];

/** Reads what is stored of these keys; keys without any of it are left out. */
export async function readStoredItems(
  session: Session,
  { type, name }: { readonly type: string; readonly name: string },
  keys: readonly string[],
): Promise<ReadonlyMap<string, StoredItem>> {
  const found = new Map<string, StoredItem>();
  for (const part of chunk(keys, SIZES[0]!)) {
    const size = SIZES.findLast((each) => each >= part.length) ?? part.length;
    const list = [...part, ...Array.from({ length: size - part.length }, () => part.at(-1)!)];
    const raws = await session.select<{ k: string; hash: string; processed: number; error: string | null }>(
      `SELECT external_id AS k, content_hash AS hash, processed, error FROM raw_data WHERE source_name = ? AND external_id IN (${placeholders(size)})`,
      [name, ...list],
    );
    for (const { k, hash, processed, error } of raws)
      found.set(k, { raw: { hash, isProcessed: processed === 1, error } });
    const items = await session.select<{ k: string; id: number; hash: string; deleted: number }>(
      'SELECT external_id AS k, id, item_hash AS hash, deleted_at IS NOT NULL AS deleted FROM unified_items ' +
        `WHERE source_type = ? AND source_name = ? AND external_id IN (${placeholders(size)})`,
      [type, name, ...list],
    );
    for (const { k, id, hash, deleted } of items)
      found.set(k, { ...found.get(k), item: { id, hash, isDeleted: deleted === 1 } });
  }
  return found;
}
