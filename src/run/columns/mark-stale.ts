import type { Session } from '../../db/pool.ts';
import { readKeysAfter } from '../../load/fill-columns.ts';
import { markStale } from '../../load/mark-stale.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { RunTools } from '../active-run.ts';

/** Rows of one statement. */
const BATCH_SIZE = 1000;

/**
 * Makes every row differ from what the feed sends, batch by batch. A column that is made where one of its name and type
 * was dropped before leaves the content hash as it was: rows would look complete, and stay without a value for good.
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
