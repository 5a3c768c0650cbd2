import { transaction } from '../../db/transaction.ts';
import { readExpiredItems, removeItems } from '../../load/items/expired-items.ts';
import { UNIFIED_ITEMS } from '../../load/items/item-rows.ts';
import { savePurge } from '../../record/purge.ts';
import { type ActiveRun, databaseToolsOf } from '../active-run.ts';

const BATCH_ROWS = 500;

/**
 * Removes items of the run's source that were deleted before a time, with their raw records.
 * @returns how many it removed; 0: none is left.
 */
export async function removeExpiredItems(
  { connection, id, tools }: ActiveRun,
  before: string,
): Promise<number> {
  return transaction(connection, databaseToolsOf(tools), async (session) => {
    const items = await readExpiredItems(session, tools.source.id, before, BATCH_ROWS);
    const purgedTo = items
      .map(({ updatedAt }) => updatedAt)
      .toSorted()
      .at(-1);
    if (purgedTo === undefined) return 0;
    await removeItems(session, tools.source.id, items);
    await savePurge(session, UNIFIED_ITEMS.name, { purgedTo, run: id });
    return items.length;
  });
}
