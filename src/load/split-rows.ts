import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import { maxRowsPerStatement } from './statement.ts';

/** The maximum size of a statement. */
export type StatementLimits = {
  /** Rows. */
  readonly batchSize: number;
  /** Bytes, as estimated. */
  readonly maxBytes: number;
};

/** Splits rows into parts that fit into one statement each. @param weigh estimates the bytes of a row. */
export function splitRows(
  { maxStatementBytes: limit = Infinity }: Session,
  dataset: Dataset,
  rows: readonly Row[],
  { batchSize, maxBytes }: StatementLimits,
  weigh: (row: Row) => number,
): Row[][] {
  const maxRows = Math.min(batchSize, maxRowsPerStatement(dataset));
  return chunk(rows, maxRows, Math.min(maxBytes, limit / 2), weigh);
}
