import type { Session } from '../db/pool.ts';

// Records of item sources that could not become items: rows of raw_data with processed = 0.

/** Limits rows to a source, and to these keys; undefined: all of them. */
function buildCondition(
  source: string,
  keys: readonly string[] | undefined,
): { readonly sql: string; readonly values: readonly string[] } {
  const sql = 'FROM raw_data WHERE processed = 0 AND source_name = ?';
  if (keys === undefined) return { sql, values: [source] };
  return { sql: `${sql} AND external_id IN (${keys.map(() => '?').join(', ')})`, values: [source, ...keys] };
}

/** @param keys at least one; undefined: of all records. */
export async function countUnprocessed(
  session: Session,
  source: string,
  keys?: readonly string[],
): Promise<number> {
  const { sql, values } = buildCondition(source, keys);
  const [row] = await session.select<{ n: number }>(`SELECT COUNT(*) AS n ${sql}`, values);
  return row?.n ?? 0;
}

/** Rows that are deleted at a time. */
const MAX_ROWS = 5000;

/** Deletes records that could not become items. @param keys at least one; undefined: all of them. @returns their number. */
export async function deleteUnprocessed(
  session: Session,
  source: string,
  keys?: readonly string[],
): Promise<number> {
  const { sql, values } = buildCondition(source, keys);
  let deleted = 0;
  for (;;) {
    const { matched } = await session.run(`DELETE ${sql} LIMIT ${MAX_ROWS}`, values);
    deleted += matched;
    if (matched < MAX_ROWS) return deleted;
  }
}
