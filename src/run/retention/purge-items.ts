import { transaction } from '../../db/transaction.ts';
import { readPurgeableItems, removeItems } from '../../load/items/purgeable-items.ts';
import { UNIFIED_ITEMS } from '../../load/items/item-rows.ts';
import { savePurgedTo } from '../../record/purged-to.ts';
import { type ActiveRun, databaseToolsOf } from '../active-run.ts';

const BATCH_ROWS = 500;

/**
 * Purges items of the run's source that were deleted before a time, with their raw records.
 * @returns how many it purged; 0: none is left.
 */
export async function purgeItems({ connection, id, tools }: ActiveRun, before: string): Promise<number> {
  return transaction(connection, databaseToolsOf(tools), async (session) => {
    const items = await readPurgeableItems(session, tools.source.id, before, BATCH_ROWS);
    const purgedTo = items
      .map(({ updatedAt }) => updatedAt)
      .toSorted()
      .at(-1);
    if (purgedTo === undefined) return 0;
    await removeItems(session, tools.source.id, items);
    await savePurgedTo(session, UNIFIED_ITEMS.name, { purgedTo, run: id });
    return items.length;
  });
}
