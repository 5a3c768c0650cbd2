import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import { deleteChildRows, type UndeletableRow } from './delete-child-rows.ts';
import { columnFor, selectKeysOfParents } from './statement.ts';
import { loadRows, type LoadResult, type LoadOptions } from './upsert.ts';
import { parentLink } from '../dataset/reading.ts';

/** What is stored for a number of parents: each parent's keys, those of deleted rows only where they are wanted. */
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

/** What became of sets. */
export type ReplaceResult = LoadResult & {
  /** The keys of the rows that were deleted. */
  readonly deletedKeys: readonly string[];
  /** Rows that the server refuses to delete. Their parents' sets stay as they were. */
  readonly undeletable: readonly UndeletableRow[];
  /** The rows that were not written for that. */
  readonly skipped: ReadonlySet<Row>;
};

/**
 * Makes the sets of these parents hold exactly `rows`: deletes what is stored and no longer there, writes what is new or
 * changed. Keys in `spared` stay: their new version was rejected.
 */
export async function replaceChildren(
  session: Session,
  dataset: Dataset,
  parents: readonly string[],
  rows: readonly Row[],
  keptKeys: ReadonlySet<string>,
  options: LoadOptions,
): Promise<ReplaceResult> {
  const wanted = new Set(rows.map((row) => row.key));
  const stored = await readChildKeys(session, dataset, [...parents].sort(), true);
  const gone = new Map(
    [...stored].map(([parent, keys]) => [
      parent,
      keys.filter((key) => !wanted.has(key) && !keptKeys.has(key)),
    ]),
  );
  const undeletable = await deleteChildRows(session, dataset, gone);
  const blocked = new Set(undeletable.map(({ parent }) => parent));
  const place = dataset.fields.findIndex(({ name }) => name === parentLink(dataset)?.field);
  const leftOut = new Set(rows.filter((row) => blocked.has(row.values[place] ?? '')));
  const loaded = await loadRows(
    session,
    dataset,
    rows.filter((row) => !leftOut.has(row)),
    options,
  );
  const deleted = [...gone].flatMap(([parent, keys]) => (blocked.has(parent) ? [] : keys));
  return { ...loaded, deletedKeys: deleted, undeletable, skipped: leftOut };
}
