import type { Session } from '../db/pool.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { readChildKeys } from '../load/children.ts';
import { type ChildTable, removeRows } from '../load/remove.ts';
import { deleteFieldIssues } from '../record/field-issue.ts';

/** Removes rows and their children, with their field issues. Must be called in a transaction. */
export async function removeRowsAndIssues(
  session: Session,
  dataset: Dataset,
  children: readonly ChildTable[],
  keys: readonly string[],
): Promise<void> {
  for (const { dataset: child } of children) {
    const sets = await readChildKeys(session, child, keys, true);
    await deleteFieldIssues(session, child.name, [...sets.values()].flat());
  }
  await deleteFieldIssues(session, dataset.name, keys);
  await removeRows(session, dataset, children, keys);
}
