import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import { deleteChildRows, type UndeletableRow } from './delete-child-rows.ts';
import { columnFor, selectKeysOfParents } from './statement.ts';
import { loadRows, type LoadResult, type LoadOptions } from './upsert.ts';
import { parentLink } from '../dataset/reading.ts';

/** Reads the stored child keys of each parent. @param withDeleted whether to include deleted rows. */
export async function readChildKeys(
  session: Session,
  dataset: Dataset,
  parents: readonly string[],
  withDeleted = false,
): Promise<Map<string, string[]>> {
  const column = columnFor(dataset, parentLink(dataset)?.field ?? dataset.key);
  const sets = new Map<string, string[]>(parents.map((parent) => [parent, []]));
  for (const part of chunk(parents, 1000)) {
    const found = await session.select<{ record_key: string; parent: string; deleted: number }>(
      selectKeysOfParents(dataset, column, part.length),
      part,
    );
    for (const row of found) {
      if (withDeleted || row.deleted === 0) sets.get(row.parent)?.push(row.record_key);
    }
  }
  return sets;
}

/** Result of replacing child sets. */
export type ReplaceResult = LoadResult & {
  /** Keys of deleted rows. */
  readonly deletedKeys: readonly string[];
  /** Rows that the server refuses to delete. The sets of their parents are unchanged. */
  readonly undeletable: readonly UndeletableRow[];
  /** Rows that were not written for this reason. */
  readonly skipped: ReadonlySet<Row>;
};

/**
 * Replaces the child sets of these parents with `rows`: deletes stored rows that are not in `rows`, and writes new and changed
 * rows. Keeps the rows of `keptKeys`: their new version was rejected.
 */
export async function replaceChildren(
  session: Session,
  dataset: Dataset,
  parents: readonly string[],
  rows: readonly Row[],
  keptKeys: ReadonlySet<string>,
  options: LoadOptions,
): Promise<ReplaceResult> {
  const newKeys = new Set(rows.map((row) => row.key));
  const stored = await readChildKeys(session, dataset, [...parents].sort(), true);
  const missingKeys = new Map(
    [...stored].map(([parent, keys]) => [
      parent,
      keys.filter((key) => !newKeys.has(key) && !keptKeys.has(key)),
    ]),
  );
  const undeletable = await deleteChildRows(session, dataset, missingKeys);
  const blocked = new Set(undeletable.map(({ parent }) => parent));
  const position = dataset.fields.findIndex(({ name }) => name === parentLink(dataset)?.field);
  const skipped = new Set(rows.filter((row) => blocked.has(row.values[position] ?? '')));
  const loaded = await loadRows(
    session,
    dataset,
    rows.filter((row) => !skipped.has(row)),
    options,
  );
  const deleted = [...missingKeys].flatMap(([parent, keys]) => (blocked.has(parent) ? [] : keys));
  return { ...loaded, deletedKeys: deleted, undeletable, skipped };
}
