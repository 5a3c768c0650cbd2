import type { Dataset } from '../../dataset/dataset.ts';
import { deletePayloadsWithoutRow } from '../../load/payloads.ts';
import { forgetEarlyKeys, readEarlyKeys } from '../../record/early-payload.ts';
import type { ActiveRun } from '../active-run.ts';
import { commitFenced, keepWatermark } from '../fence.ts';

/**
 * Purges payloads without a row. A run left them behind if it crashed after it had committed them, and their records did not come
 * again.
 * @returns how many it purged.
 */
export async function purgePayloads(active: ActiveRun, dataset: Dataset): Promise<number> {
  let purged = 0;
  for (;;) {
    const early = await readEarlyKeys(active.connection, dataset.name);
    if (early === undefined) return purged;
    purged += await commitFenced(active, dataset, keepWatermark, async (session) => {
      const deleted = await deletePayloadsWithoutRow(session, dataset, early.keys);
      await forgetEarlyKeys(session, dataset.name, early.run);
      return deleted;
    });
  }
}
