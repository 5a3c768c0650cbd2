import { ConfigError } from '../../errors.ts';
import { listItemsOfOtherTypes } from '../../load/items/absent-items.ts';
import { hasItemsOfOtherType } from '../../record/item.ts';
import { type ItemState, readItemState } from '../../record/item-checkpoint.ts';
import type { ItemLeftovers } from '../../record/item-leftovers.ts';
import { deleteRawRecords } from '../../record/item-raw.ts';
import type { SourceType } from '../../sources/items.ts';
import type { ActiveRun } from '../active-run.ts';
import { markDeleted } from './mark-deleted.ts';

/** Items that are marked at a time. */
const PAGE = 5000;

/** Two types of items under one name would be shown together. @throws ConfigError if stored items are of another type. */
export function ensureOneType(
  { tools }: ActiveRun,
  type: SourceType,
  { state, leftovers }: { readonly state: ItemState | undefined; readonly leftovers: ItemLeftovers },
): void {
  const { id } = tools.source;
  const isOther = state !== undefined && state.sourceType !== type;
  if (!isOther && !leftovers.hasOtherType) return;
  throw new ConfigError(`${id}: its type is ${type} now, but what is stored is of another type`, {
    op: 'read the checkpoint',
    hint: `trestle-etl sources reset ${id} deletes what is stored of the former type; or give the source another name`,
  });
}

/**
 * Deletes what is stored of a former type: items are marked as deleted, raw records are removed. What was done stays if it is
 * interrupted, and is completed by the next reset.
 * @returns the number of items.
 */
export async function deleteFormerType(active: ActiveRun, type: SourceType): Promise<number> {
  const { connection, tools } = active;
  const { id } = tools.source;
  const state = await readItemState(connection, id);
  const isOther = state !== undefined && state.sourceType !== type;
  if (!isOther && !(await hasItemsOfOtherType(connection, id, type))) return 0;
  let deleted = 0;
  for (;;) {
    const ids = await listItemsOfOtherTypes(connection, id, type, PAGE);
    if (ids.length === 0) break;
    await markDeleted(active, ids);
    deleted += ids.length;
  }
  await deleteRawRecords(connection, id);
  return deleted;
}
