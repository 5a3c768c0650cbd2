import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { deleteByKey } from './delete-by-key.ts';
import { partsOf, tablesOf } from './parts.ts';
import { columnFor, keyColumn } from './statement.ts';
import { parentFields, parentLink } from '../dataset/reading.ts';

/** A table of child rows; `parent` is its column with the parent's key. */
export type ChildTable = { readonly dataset: Dataset; readonly parent: string };

export function childTablesOf(dataset: Dataset, all: readonly Dataset[]): ChildTable[] {
  return all.flatMap((child) =>
    parentLink(child)?.parent === dataset.name
      ? [{ dataset: child, parent: columnFor(child, parentFields(child)[0]!) }]
      : [],
  );
}

/** Soft-deletes rows and their children, which is a change of their `updated_at`. A newer version restores them. */
export async function markDeleted(
  session: Session,
  dataset: Dataset,
  children: readonly ChildTable[],
  keys: readonly string[],
  at: string,
): Promise<void> {
  // If the record returns, its child sets must be fetched again.
  const resets = children
    .map((child) => `, ${parentLink(child.dataset)!.columnPrefix}_fetched_at = NULL`)
    .join('');
  await session.run(
    `UPDATE ${dataset.table} SET deleted_at = ?, updated_at = ?${resets} WHERE ${keyColumn(dataset)} IN (${placeholders(keys.length)})`,
    [at, at, ...keys],
  );
  for (const { dataset: child, parent } of children) {
    await session.run(
      `UPDATE ${child.table} SET deleted_at = ?, updated_at = ? WHERE deleted_at IS NULL AND ${parent} IN (${placeholders(keys.length)})`,
      [at, at, ...keys],
    );
  }
}

/**
 * Restores rows that were soft-deleted.
 * @param times when they were deleted, and now: both `YYYY-MM-DD hh:mm:ss.mmm` UTC.
 * @returns the number of restored rows, without children.
 */
export async function unmarkDeleted(
  session: Session,
  dataset: Dataset,
  children: readonly ChildTable[],
  keys: readonly string[],
  { deletedAt, now }: { readonly deletedAt: string; readonly now: string },
): Promise<number> {
  const { matched } = await session.run(
    `UPDATE ${dataset.table} SET deleted_at = NULL, updated_at = ? WHERE deleted_at = ? AND ${keyColumn(dataset)} IN (${placeholders(keys.length)})`,
    [now, deletedAt, ...keys],
  );
  for (const { dataset: child, parent } of children) {
    await session.run(
      `UPDATE ${child.table} SET deleted_at = NULL, updated_at = ? WHERE deleted_at = ? AND ${parent} IN (${placeholders(keys.length)})`,
      [now, deletedAt, ...keys],
    );
  }
  return matched;
}

/** Removes rows, their payloads and their children. */
export async function removeRows(
  session: Session,
  dataset: Dataset,
  children: readonly ChildTable[],
  keys: readonly string[],
): Promise<void> {
  for (const { dataset: child, parent } of children) {
    const key = keyColumn(child);
    const rows = await session.select<{ key: string }>(
      `SELECT ${key} AS \`key\` FROM ${child.table} WHERE ${parent} IN (${placeholders(keys.length)})`,
      keys,
    );
    const childKeys = rows.map((row) => row.key);
    // By key: servers can scan the whole table for a DELETE with a subquery.
    const sides = partsOf(child).sides.map((side) => side.table);
    await deleteByKey(session, child, [child.rawTable, ...sides], childKeys);
    await session.run(`DELETE FROM ${child.table} WHERE ${parent} IN (${placeholders(keys.length)})`, keys);
  }
  await deleteByKey(session, dataset, [...tablesOf(dataset), dataset.rawTable], keys);
}
