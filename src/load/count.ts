import type { Session } from '../db/pool.ts';
import type { Dataset } from '../dataset/dataset.ts';

/** Rows that are there and not deleted. */
export async function countRows(session: Session, resource: Dataset): Promise<number> {
  // Two counts over small indexes; one count with a condition would read every row.
  const [row] = await session.select<{ n: number }>(
    `SELECT (SELECT COUNT(*) FROM ${resource.table}) - ` +
      `(SELECT COUNT(*) FROM ${resource.table} WHERE deleted_at IS NOT NULL) AS n`,
  );
  return row?.n ?? 0;
}
