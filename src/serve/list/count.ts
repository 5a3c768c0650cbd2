import type { Session } from '../../db/pool.ts';
import type { Cache } from '../../lib/cache.ts';
import { isTimeout } from '../describe-failure.ts';
import { type Condition, joinConditions } from './condition.ts';

/** Rows that are counted at most: a count of all rows of a large table takes seconds. */
export const MAX_COUNT = 100_000;

/** The number of rows of a list, at most ten seconds old. */
export type Count = { readonly total: number; readonly isCapped: boolean };

/** @returns undefined if counting takes longer than the limit of a statement: a page is answered without it. */
export async function countRows(
  { database, counts }: { readonly database: Session; readonly counts: Cache<Count | undefined> },
  table: string,
  conditions: readonly Condition[],
): Promise<Count | undefined> {
  const { sql, values } = joinConditions(conditions);
  return counts.get(`${table} ${sql} ${JSON.stringify(values)}`, async () => {
    try {
      const [row] = await database.select<{ total: number }>(
        `SELECT COUNT(*) AS total FROM (SELECT 1 FROM ${table} WHERE ${sql} LIMIT ${MAX_COUNT + 1}) counted`,
        values,
      );
      const total = row?.total ?? 0;
      return { total: Math.min(total, MAX_COUNT), isCapped: total > MAX_COUNT };
    } catch (error) {
      if (isTimeout(error)) return undefined;
      throw error;
    }
  });
}
