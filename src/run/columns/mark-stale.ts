import type { Session } from '../../db/pool.ts';
import { readKeysAfter } from '../../load/fill-columns.ts';
import { markStale } from '../../load/mark-stale.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { RunTools } from '../active.ts';

/** Rows of one statement. */
const BATCH = 1000;

/**
 * Makes every row differ from what the feed sends, batch by batch. A column that is made where one of its name and type
 * was dropped before leaves the content hash as it was: rows would look complete, and stay without a value for good.
 */
export async function outdateAll(
  { signal }: Pick<RunTools, 'signal'>,
  session: Session,
  resource: Dataset,
): Promise<void> {
  for (let last = ''; ;) {
    const keys = await readKeysAfter(session, resource, last, BATCH);
    const end = keys.at(-1);
    if (end === undefined) return;
    await markStale(session, resource, keys);
    last = end;
    signal.throwIfAborted();
  }
}
