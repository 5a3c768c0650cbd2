import type { Session } from '../db/pool.ts';
import { statementBytes } from '../db/size.ts';
import type { RowRefusedError } from '../errors.ts';
import { markHandled } from '../lib/mark-handled.ts';
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
import { deleteByKey } from './delete-by-key.ts';
import type { PayloadWriter } from './payloads.ts';
import { isClash, type Refusals, createRefusals } from './refusals.ts';
import { splitRows, type StatementLimits } from './split-rows.ts';
import { upsertPayloads, upsertRows, upsertSide } from './statement.ts';
import { type PartOptions, writeColumns, writePayloads } from './write-part.ts';

export type WriteOptions = PartOptions &
  StatementLimits & {
    /** Commits payloads while this transaction writes the columns of their rows. */
    readonly payloadWriter?: PayloadWriter;
  };

/**
 * Writes rows in key order, and their payloads.
 * @param isNew whether no row with the key is stored.
 * @returns the rows that the server refuses, each with its reason. All others are written.
 * @throws FatalError if too many are refused.
 */
export async function writeRows(
  session: Session,
  dataset: Dataset,
  rows: readonly Row[],
  isNew: (row: Row) => boolean,
  options: WriteOptions,
): Promise<ReadonlyMap<Row, string>> {
  const refusals = createRefusals(dataset);
  refuseTooLarge(session, dataset, rows, options, refusals);
  const isAccepted = (row: Row): boolean => !refusals.messages.has(row);
  if (rows.length > 0) await session.run('SAVEPOINT etl_rows');
  const payloadCommit = commitPayloads(
    dataset,
    rows.filter((row) => isNew(row) && isAccepted(row)),
    options,
  );
  for (;;) {
    const columnWrite = markHandled(
      writeAllColumns(session, dataset, rows.filter(isAccepted), options, refusals),
    );
    // Awaited even if the columns cannot be written: the other connection must not write after this transaction ends.
    const committed = await payloadCommit;
    await columnWrite;
    const rest = rows.filter((row) => isAccepted(row) && !committed.has(row));
    const refused = await writeAllPayloads(session, dataset, rest, options);
    if (refused.size === 0) {
      // An earlier try of this transaction may have committed their payloads.
      const refusedKeys = [...refusals.messages.keys()].filter(isNew).map(({ key }) => key);
      if (options.payloadWriter !== undefined)
        await deleteByKey(session, dataset, [dataset.rawTable], refusedKeys);
      return refusals.messages;
    }
    // A record must not be stored without its payload.
    await session.run('ROLLBACK TO SAVEPOINT etl_rows');
    for (const [row, error] of refused) refusals.add(row, error);
  }
}

async function commitPayloads(
  dataset: Dataset,
  rows: readonly Row[],
  { keepPayload, payloadWriter }: WriteOptions,
): Promise<ReadonlySet<Row>> {
  if (!keepPayload || payloadWriter === undefined) return new Set();
  return payloadWriter.commit(dataset, rows);
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
  for (const part of splitRows(session, dataset, rows, options, estimateColumnBytes)) {
    // Runs while the server is working on the previous part.
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
  const refused = new Map<Row, RowRefusedError>();
  const weigh = options.keepPayload ? estimatePayloadBytes : (): number => 0;
  for (const part of splitRows(session, dataset, rows, options, weigh)) {
    await writePayloads(session, dataset, part, options, (row, error) => void refused.set(row, error));
  }
  return refused;
}

/** Refuses rows that alone exceed the server's limit, before any of them is written. */
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
  // An exact measurement is rarely needed.
  const candidates = rows.filter(
    (row) => text + estimateColumnBytes(row) + estimatePayloadBytes(row) >= limit,
  );
  for (const row of candidates) {
    const bytes = Math.max(
      statementBytes(columns, bindRow(dataset, row, options)),
      ...sides.map(({ side, sql }) => statementBytes(sql, bindSide(row, side))),
      options.keepPayload ? statementBytes(payload, bindPayload(row)) : 0,
    );
    if (bytes >= limit) refusals.add(row, `the database takes no statement of ${bytes} bytes`);
  }
}
