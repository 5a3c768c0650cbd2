import { applyBisecting } from '../db/by-halves.ts';
import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { deleteByKey, KEYS_PER_DELETE } from './delete-by-key.ts';
import { tablesOf } from './parts.ts';

/** A row that the server refuses to delete: a foreign key that the user added refers to it, or a trigger forbids it. */
export type UndeletableRow = {
  readonly key: string;
  readonly parent: string;
  /** The server's message. */
  readonly message: string;
};

/** Keys to delete, by parent key. */
export type KeysByParent = ReadonlyMap<string, readonly string[]>;

/**
 * Deletes rows with their payloads. If the server refuses one, no row of its parent is deleted: a set changes as a whole or
 * not at all.
 */
export async function deleteChildRows(
  session: Session,
  dataset: Dataset,
  keysByParent: KeysByParent,
): Promise<readonly UndeletableRow[]> {
  const refused: UndeletableRow[] = [];
  for (;;) {
    const blocked = new Set(refused.map(({ parent }) => parent));
    const rest = [...keysByParent].filter(([parent]) => !blocked.has(parent));
    const found = await tryDelete(session, dataset, new Map(rest));
    if (found.length === 0) return refused;
    refused.push(...found);
  }
}

/** Deletes all rows, or none. @returns the rows that the server refuses to delete. */
async function tryDelete(
  session: Session,
  dataset: Dataset,
  keysByParent: KeysByParent,
): Promise<UndeletableRow[]> {
  const parents = new Map(
    [...keysByParent].flatMap(([parent, keys]) => keys.map((key) => [key, parent] as const)),
  );
  const keys = [...parents.keys()].sort();
  if (keys.length === 0) return [];
  const tables = [...tablesOf(dataset), dataset.rawTable];
  await session.run('SAVEPOINT etl_gone');
  const refused: UndeletableRow[] = [];
  for (const part of chunk(keys, KEYS_PER_DELETE)) {
    const found = await applyBisecting(session, part, (some) => deleteByKey(session, dataset, tables, some));
    refused.push(...[...found].map(([key, message]) => ({ key, parent: parents.get(key)!, message })));
  }
  if (refused.length > 0) await session.run('ROLLBACK TO SAVEPOINT etl_gone');
  return refused;
}
