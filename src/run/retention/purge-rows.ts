import { applyBisecting } from '../../db/by-halves.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { type PurgeableRow, readPurgeableRows } from '../../load/purgeable-rows.ts';
import type { ChildTable } from '../../load/remove.ts';
import { savePurgedTo } from '../../record/purged-to.ts';
import type { ActiveRun } from '../active-run.ts';
import { commitFenced, keepWatermark } from '../fence.ts';
import { removeRowsAndIssues } from '../remove-rows.ts';

/** Listings; each has some dozens of child rows. */
const BATCH_ROWS = 200;

/**
 * Creates the function that purges the next rows of a dataset that were deleted before a time, with their children. Rows that the
 * database refuses to purge stay: one of the user's foreign keys references them, or a trigger forbids it.
 * @returns how many rows it looked at; 0: none is left.
 */
export function createRowPurger(
  active: ActiveRun,
  dataset: Dataset,
  children: readonly ChildTable[],
  before: string,
): () => Promise<number> {
  let after: PurgeableRow | undefined;
  return async () => {
    const rows = await readPurgeableRows(active.connection, dataset, { before, after }, BATCH_ROWS);
    after = rows.at(-1);
    if (after === undefined) return 0;
    await purgeBatch(active, dataset, children, rows);
    return rows.length;
  };
}

async function purgeBatch(
  active: ActiveRun,
  dataset: Dataset,
  children: readonly ChildTable[],
  rows: readonly PurgeableRow[],
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
    const purged = sorted.filter((row) => !found.has(row)).map(({ updatedAt }) => updatedAt);
    const purgedTo = purged.toSorted().at(-1);
    if (purgedTo !== undefined) await savePurgedTo(session, dataset.name, { purgedTo, run: active.id });
    return found;
  });
  for (const [{ key }, message] of refused) {
    active.tools.log.database.warn(
      { resource: dataset.name, key, message },
      'the database refuses to purge a deleted row',
    );
  }
}
