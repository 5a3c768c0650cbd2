import { applyBisecting } from '../../db/by-halves.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { type ExpiredRow, readExpiredRows } from '../../load/expired-rows.ts';
import type { ChildTable } from '../../load/remove.ts';
import { savePurge } from '../../record/purge.ts';
import type { ActiveRun } from '../active-run.ts';
import { commitFenced, keepWatermark } from '../fence.ts';
import { removeRowsAndIssues } from '../remove-rows.ts';

/** Listings; each has some dozens of child rows. */
const BATCH_ROWS = 200;

/**
 * Creates the function that removes the next rows of a dataset that were deleted before a time, with their children. Rows that the
 * database refuses to remove stay: one of the user's foreign keys references them, or a trigger forbids it.
 * @returns how many rows it looked at; 0: none is left.
 */
export function createRowRemover(
  active: ActiveRun,
  dataset: Dataset,
  children: readonly ChildTable[],
  before: string,
): () => Promise<number> {
  let after: ExpiredRow | undefined;
  return async () => {
    const rows = await readExpiredRows(active.connection, dataset, { before, after }, BATCH_ROWS);
    after = rows.at(-1);
    if (after === undefined) return 0;
    await removeBatch(active, dataset, children, rows);
    return rows.length;
  };
}

async function removeBatch(
  active: ActiveRun,
  dataset: Dataset,
  children: readonly ChildTable[],
  rows: readonly ExpiredRow[],
): Promise<void> {
  const sorted = rows.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const refused = await commitFenced(active, dataset, keepWatermark, async (session) => {
    const found = await applyBisecting(session, sorted, (part) =>
      removeRowsAndIssues(
        session,
        dataset,
        children,
        part.map(({ key }) => key),
      ),
    );
    const removed = sorted.filter((row) => !found.has(row)).map(({ updatedAt }) => updatedAt);
    const purgedTo = removed.toSorted().at(-1);
    if (purgedTo !== undefined) await savePurge(session, dataset.name, { purgedTo, run: active.id });
    return found;
  });
  for (const [{ key }, message] of refused) {
    active.tools.log.database.warn(
      { resource: dataset.name, key, message },
      'the database refuses to remove a deleted row',
    );
  }
}
