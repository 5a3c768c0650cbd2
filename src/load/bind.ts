import type { SqlValue } from '../db/pool.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import { type TablePart, partsOf } from './parts.ts';

/** Bookkeeping values of a row; `at` is `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
type RowStamp = { readonly runId: number; readonly at: string };

export function bindRows(dataset: Dataset, rows: readonly Row[], stamp: RowStamp): SqlValue[] {
  const values: SqlValue[] = [];
  for (const row of rows) bindRow(dataset, row, stamp, values);
  return values;
}

/** Appends a row's values to those of a statement: filling one list of 8000 takes a third of the time of joining 100 lists. */
export function bindRow(
  dataset: Dataset,
  row: Row,
  { runId, at }: RowStamp,
  values: SqlValue[] = [],
): SqlValue[] {
  const { main, sides } = partsOf(dataset);
  for (const value of sides.length === 0 ? row.values : selectValues(row, main)) values.push(value);
  values.push(row.hash, String(runId), at, at);
  return values;
}

export function bindSide(row: Row, side: TablePart): SqlValue[] {
  return [row.key, ...selectValues(row, side)];
}

function selectValues({ values }: Row, { positions }: TablePart): SqlValue[] {
  return positions.map((position) => values[position] ?? null);
}

/** @throws Error if the memory of the payload was released, which is a bug: an empty payload must never be stored. */
export function bindPayload(row: Row): SqlValue[] {
  if (row.payload.length === 0) throw new Error(`the payload of ${row.key} is empty`);
  return [row.key, typeof row.payload === 'string' ? Buffer.from(row.payload) : row.payload];
}

/** An upper bound: three bytes of UTF-8 per UTF-16 unit, and nine bytes of protocol per value. */
export function estimateColumnBytes(row: Row): number {
  return row.values.reduce((sum, value) => sum + 9 + 3 * (value?.length ?? 0), 200);
}

export function estimatePayloadBytes({ payload, key }: Row): number {
  return (typeof payload === 'string' ? 3 * payload.length : payload.length) + 3 * key.length + 20;
}
