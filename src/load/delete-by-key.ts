import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { deleteKeys } from './statement.ts';

/** Keys of one DELETE. */
export const KEYS_PER_DELETE = 1000;

/** Deletes the rows of these keys from tables that have the dataset's key, in the order of the tables. */
export async function deleteByKey(
  session: Session,
  dataset: Dataset,
  tables: readonly string[],
  keys: readonly string[],
): Promise<void> {
  for (const table of tables) {
    for (const part of chunk(keys, KEYS_PER_DELETE))
      await session.run(deleteKeys(table, dataset, part.length), part);
  }
}
