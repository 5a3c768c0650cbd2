import type { Dataset } from '../../dataset/dataset.ts';
import { deletePayloadsWithoutRow } from '../../load/payloads.ts';
import { forgetEarlyKeys, readEarlyKeys } from '../../record/early-payload.ts';
import type { ActiveRun } from '../active-run.ts';
import { commitFenced, keepWatermark } from '../fence.ts';

/**
 * Purges the payloads without a row of one earlier run, and its entry in etl_early_payload. A run leaves such payloads if it
 * crashes after it committed them, and their records do not come again.
 * @returns how many entries it purged; 0: none is left.
 */
export async function purgePayloads(active: ActiveRun, dataset: Dataset): Promise<number> {
  const early = await readEarlyKeys(active.connection, dataset.name);
  if (early === undefined) return 0;
  const payloads = await commitFenced(active, dataset, keepWatermark, async (session) => {
    const deleted = await deletePayloadsWithoutRow(session, dataset, early.keys);
    await forgetEarlyKeys(session, dataset.name, early.run);
    return deleted;
  });
  if (payloads > 0)
    active.tools.log.database.info({ resource: dataset.name, payloads }, 'purged payloads without a row');
  return 1;
}
