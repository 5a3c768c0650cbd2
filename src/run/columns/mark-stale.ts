import type { Session } from '../../db/pool.ts';
import { readKeysAfter } from '../../load/fill-columns.ts';
import { markStale } from '../../load/mark-stale.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { RunTools } from '../active-run.ts';

/** Rows per statement. */
const BATCH_SIZE = 1000;

/**
 * Marks every row as stale, batch by batch. A column with the name and type of a dropped one leaves the content hash
 * unchanged, so rows would look complete and never get a value.
 */
export async function markAllStale(
  { signal }: Pick<RunTools, 'signal'>,
  session: Session,
  dataset: Dataset,
): Promise<void> {
  for (let last = ''; ;) {
    const keys = await readKeysAfter(session, dataset, last, BATCH_SIZE);
    const end = keys.at(-1);
    if (end === undefined) return;
    await markStale(session, dataset, keys);
    last = end;
    signal.throwIfAborted();
  }
}
