import type { Dataset } from '../../dataset/dataset.ts';
import { deletePayloadsWithoutRow } from '../../load/payloads.ts';
import { forgetEarlyKeys, readEarlyKeys } from '../../record/early-payload.ts';
import type { ActiveRun } from '../active-run.ts';
import { commitFenced, keepWatermark } from '../fence.ts';

/**
 * Purges payloads without a row that a run left behind: it crashed after it had committed them, and their records did not
 * come again.
 * @returns how many keys it looked at; 0: none is left.
 */
export async function purgeStrayPayloads(active: ActiveRun, dataset: Dataset): Promise<number> {
  const early = await readEarlyKeys(active.connection, dataset.name);
  if (early === undefined) return 0;
  return commitFenced(active, dataset, keepWatermark, async (session) => {
    await deletePayloadsWithoutRow(session, dataset, early.keys);
    await forgetEarlyKeys(session, dataset.name, early.run);
    return early.keys.length;
  });
}
