import type { Session, SqlValue } from '../db/pool.ts';
import { statementBytes } from '../db/size.ts';
import { RowRefusedError } from '../errors.ts';
import { chunk } from '../lib/chunk.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { partsOf } from './parts.ts';
import { insertOrUpdate, keyColumn, maxRowsPerStatement, upsertPayloads } from './statement.ts';

/** New values for an existing row. */
export type RowRewrite = {
  readonly key: string;
  readonly hash: string;
  /** One per field of the dataset. */
  readonly values: readonly (string | null)[];
  /** Replaces the stored payload; undefined: no change. */
  readonly payload: string | undefined;
};

export type RewriteOptions = {
  readonly runId: number;
  /** `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
  readonly at: string;
  readonly maxBytes: number;
  /** Indexes of fields that are not written. */
  readonly skipped: ReadonlySet<number>;
};

/**
 * Writes columns and payloads of locked rows. Does not change content_hash, deleted_at and created_at.
 * @returns the keys of rows that the server refuses; they are unchanged.
 */
export async function rewriteRows(
  session: Session,
  dataset: Dataset,
  rows: readonly RowRewrite[],
  options: RewriteOptions,
): Promise<Set<string>> {
  const refused = new Set<string>();
  const weigh = ({ values, payload }: RowRewrite): number =>
    statementBytes('', [...values, payload ?? null]) + 400;
  for (const part of chunk(rows, Math.min(100, maxRowsPerStatement(dataset)), options.maxBytes, weigh)) {
    await writePart(session, dataset, part, options, refused);
  }
  return refused;
}

/** If the rows are refused, retries them by halves. */
async function writePart(
  session: Session,
  dataset: Dataset,
  rows: readonly RowRewrite[],
  options: RewriteOptions,
  refused: Set<string>,
): Promise<void> {
  await session.run('SAVEPOINT etl_rewrite');
  try {
    for (const { sql, values } of buildStatements(dataset, rows, options)) await session.run(sql, values);
  } catch (error) {
    if (!(error instanceof RowRefusedError)) throw error;
    await session.run('ROLLBACK TO SAVEPOINT etl_rewrite');
    if (rows.length === 1) {
      refused.add(rows[0]!.key);
      return;
    }
    const half = Math.ceil(rows.length / 2);
    await writePart(session, dataset, rows.slice(0, half), options, refused);
    await writePart(session, dataset, rows.slice(half), options, refused);
  }
}

/** Returns one statement per table, the one for payloads last. */
function buildStatements(
  dataset: Dataset,
  rows: readonly RowRewrite[],
  { runId, at, skipped }: RewriteOptions,
): { sql: string; values: SqlValue[] }[] {
  const { main, sides } = partsOf(dataset);
  const key = keyColumn(dataset);
  const found = [main, ...sides].map((part) => {
    const isMain = part === main;
    const positions = part.positions.filter(
      (position) => !skipped.has(position) && dataset.fields[position]!.column !== key,
    );
    const columns = positions.map((position) => dataset.fields[position]!.column);
    const own = isMain ? ['run_id', 'updated_at'] : [];
    const once = isMain ? ['content_hash', 'created_at'] : [];
    return {
      sql: insertOrUpdate(
        dataset,
        part.table,
        [key, ...columns, ...own, ...once],
        [...columns, ...own],
        rows.length,
      ),
      values: rows.flatMap((row) => [
        row.key,
        ...positions.map((position) => row.values[position] ?? null),
        ...(isMain ? [String(runId), at, row.hash, at] : []),
      ]),
      isEmpty: columns.length === 0,
    };
  });
  const changed = rows.filter(({ payload }) => payload !== undefined);
  const payloads = {
    sql: upsertPayloads(dataset, changed.length),
    values: changed.flatMap(({ key: own, payload = '' }) => [own, Buffer.from(payload)]),
    isEmpty: changed.length === 0,
  };
  return [...found, payloads].filter(({ isEmpty }) => !isEmpty);
}
