import type { Session } from '../db/pool.ts';
import { statementBytes } from '../db/size.ts';
import type { RowRefusedError } from '../errors.ts';
import { markHandled } from '../lib/mark-handled.ts';
import { chunk } from '../lib/chunk.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import {
  bindRow,
  bindRows,
  bindPayload,
  bindSide,
  estimateColumnBytes,
  estimatePayloadBytes,
} from './bind.ts';
import { writeClashingRows } from './write-clashing-rows.ts';
import { partsOf } from './parts.ts';
import { isClash, type Refusals, createRefusals } from './refusals.ts';
import { maxRowsPerStatement, upsertPayloads, upsertRows, upsertSide } from './statement.ts';
import { type PartOptions, writeColumns, writePayloads } from './write-part.ts';

export type WriteOptions = PartOptions & {
  /** Rows a statement. */
  readonly batchSize: number;
  /** Bytes a statement. */
  readonly maxBytes: number;
};

/**
 * Writes rows, in the order of their keys, and their payloads.
 * @returns the rows that the server refuses, each with the reason; theirs are the only ones not written.
 * @throws FailedError if there are too many of them.
 */
export async function writeRows(
  session: Session,
  dataset: Dataset,
  rows: readonly Row[],
  options: WriteOptions,
): Promise<ReadonlyMap<Row, string>> {
  const refusals = createRefusals(dataset);
  refuseTooLarge(session, dataset, rows, options, refusals);
  if (rows.length > 0) await session.run('SAVEPOINT etl_rows');
  for (;;) {
    const isLeft = (row: Row): boolean => !refusals.messages.has(row);
    await writeAllColumns(session, dataset, rows.filter(isLeft), options, refusals);
    const bad = await writeAllPayloads(session, dataset, rows.filter(isLeft), options);
    if (bad.size === 0) return refusals.messages;
    // A record without its payload would be half a record.
    await session.run('ROLLBACK TO SAVEPOINT etl_rows');
    for (const [row, error] of bad) refusals.add(row, error);
  }
}

async function writeAllColumns(
  session: Session,
  dataset: Dataset,
  rows: readonly Row[],
  options: WriteOptions,
  refusals: Refusals,
): Promise<void> {
  const clashing = new Set<Row>();
  const onRefused = (row: Row, error: RowRefusedError): void => {
    if (isClash(error)) clashing.add(row);
    else refusals.add(row, error);
  };
  let pending: Promise<void> = Promise.resolve();
  for (const part of chunk(
    rows,
    maxRows(dataset, options),
    maxBytesPerStatement(session, options),
    estimateColumnBytes,
  )) {
    // While the server has the part before it in hand.
    const values = bindRows(dataset, part, options);
    await pending;
    pending = markHandled(writeColumns(session, dataset, part, options, onRefused, values));
  }
  await pending;
  if (clashing.size === 0) return;
  for (const [row, error] of await writeClashingRows(session, dataset, [...clashing], options))
    refusals.add(row, error);
}

async function writeAllPayloads(
  session: Session,
  dataset: Dataset,
  rows: readonly Row[],
  options: WriteOptions,
): Promise<Map<Row, RowRefusedError>> {
  const bad = new Map<Row, RowRefusedError>();
  const weigh = options.keepPayload ? estimatePayloadBytes : (): number => 0;
  for (const part of chunk(rows, maxRows(dataset, options), maxBytesPerStatement(session, options), weigh)) {
    await writePayloads(session, dataset, part, options, (row, error) => void bad.set(row, error));
  }
  return bad;
}

function maxRows(dataset: Dataset, { batchSize }: WriteOptions): number {
  return Math.min(batchSize, maxRowsPerStatement(dataset));
}

function maxBytesPerStatement(
  { maxStatementBytes: limit = Infinity }: Session,
  { maxBytes }: WriteOptions,
): number {
  return Math.min(maxBytes, limit / 2);
}

/** Refuses what even alone is larger than the server takes, before anything of it is written. */
function refuseTooLarge(
  { maxStatementBytes: limit = Infinity }: Session,
  dataset: Dataset,
  rows: readonly Row[],
  options: WriteOptions,
  refusals: Refusals,
): void {
  const [columns, payload] = [upsertRows(dataset, 1), upsertPayloads(dataset, 1)];
  const sides = partsOf(dataset).sides.map((side) => ({ side, sql: upsertSide(dataset, side, 1) }));
  const text = [columns, payload, ...sides.map(({ sql }) => sql)].reduce((sum, sql) => sum + sql.length, 0);
  // Hardly ever is there anything to measure exactly.
  const suspects = rows.filter((row) => text + estimateColumnBytes(row) + estimatePayloadBytes(row) >= limit);
  for (const row of suspects) {
    const bytes = Math.max(
      statementBytes(columns, bindRow(dataset, row, options)),
      ...sides.map(({ side, sql }) => statementBytes(sql, bindSide(row, side))),
      options.keepPayload ? statementBytes(payload, bindPayload(row)) : 0,
    );
    if (bytes >= limit) refusals.add(row, `the database takes no statement of ${bytes} bytes`);
  }
}
