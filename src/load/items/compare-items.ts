import type { ItemWrite } from './pack-items.ts';
import type { StoredItem } from './stored-items.ts';

/** What differs from what is stored. Only rows in it are written. */
export type ItemDifference = {
  readonly newRaw: readonly ItemWrite[];
  readonly changedRaw: readonly ItemWrite[];
  readonly newItems: readonly ItemWrite[];
  readonly changedItems: readonly ItemWrite[];
  /** Items whose content is stored. */
  readonly unchanged: number;
  /** Records that cannot be items. */
  readonly rejected: number;
  /** Ids of the stored items that these records have. */
  readonly ids: readonly number[];
};

/**
 * Compares records with what is stored.
 * @param writes one for each key.
 * @param revives whether an item that was deleted returns; otherwise only its content changes.
 */
export function compareItems(
  writes: readonly ItemWrite[],
  stored: ReadonlyMap<string, StoredItem>,
  revives = true,
): ItemDifference {
  const newRaw: ItemWrite[] = [];
  const changedRaw: ItemWrite[] = [];
  const newItems: ItemWrite[] = [];
  const changedItems: ItemWrite[] = [];
  const ids: number[] = [];
  let unchanged = 0;
  let rejected = 0;
  for (const write of writes) {
    const { raw, item } = stored.get(write.key) ?? {};
    if (raw === undefined) newRaw.push(write);
    else if (!isSameRaw(raw, write)) changedRaw.push(write);
    if (item !== undefined) ids.push(item.id);
    if (write.itemHash === undefined) rejected += 1;
    else if (item === undefined) newItems.push(write);
    else if (item.hash !== write.itemHash || (revives && item.isDeleted)) changedItems.push(write);
    else unchanged += 1;
  }
  return { newRaw, changedRaw, newItems, changedItems, unchanged, rejected, ids };
}

function isSameRaw(raw: NonNullable<StoredItem['raw']>, { hash, itemHash, error }: ItemWrite): boolean {
  return raw.hash === hash && raw.isProcessed === (itemHash !== undefined) && raw.error === error;
}

/** Whether nothing has to be written. */
export function isUnchanged({ newRaw, changedRaw, newItems, changedItems }: ItemDifference): boolean {
  return newRaw.length + changedRaw.length + newItems.length + changedItems.length === 0;
}

/** Keeps the last of records with the same key. */
export function dedupeItems(writes: readonly ItemWrite[]): readonly ItemWrite[] {
  const last = new Map(writes.map((write) => [write.key, write]));
  return last.size === writes.length ? writes : [...last.values()];
}
