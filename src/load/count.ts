import type { Session } from '../db/pool.ts';
import type { Dataset } from '../dataset/dataset.ts';

/** Counts the rows that are not deleted. */
export async function countRows(session: Session, dataset: Dataset): Promise<number> {
  // Two counts over small indexes: a single count with a condition would read every row.
  const [row] = await session.select<{ n: number }>(
    `SELECT (SELECT COUNT(*) FROM ${dataset.table}) - ` +
      `(SELECT COUNT(*) FROM ${dataset.table} WHERE deleted_at IS NOT NULL) AS n`,
  );
  return row?.n ?? 0;
}
