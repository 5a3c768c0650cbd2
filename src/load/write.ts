import type { Session } from '../db/pool.ts';
import { statementBytes } from '../db/size.ts';
import type { RowRefusedError } from '../errors.ts';
import { awaitedLater } from '../lib/awaited-later.ts';
import { chunk } from '../lib/chunk.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import { bind, bindAll, bindPayload, bindSide, columnBytes, payloadBytes } from './bind.ts';
import { settleClashes } from './clash.ts';
import { partsOf } from './parts.ts';
import { isClash, type Refusals, startRefusals } from './refusals.ts';
import { mostRows, upsertPayloads, upsertRows, upsertSide } from './statement.ts';
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
 * @throws FatalError if there are too many of them.
 */
export async function writeRows(
  session: Session,
  resource: Dataset,
  rows: readonly Row[],
  options: WriteOptions,
): Promise<ReadonlyMap<Row, string>> {
  const refusals = startRefusals(resource);
  refuseTooLarge(session, resource, rows, options, refusals);
  if (rows.length > 0) await session.run('SAVEPOINT etl_rows');
  for (;;) {
    const isLeft = (row: Row): boolean => !refusals.words.has(row);
    await writeAllColumns(session, resource, rows.filter(isLeft), options, refusals);
    const bad = await writeAllPayloads(session, resource, rows.filter(isLeft), options);
    if (bad.size === 0) return refusals.words;
    // A record without its payload would be half a record.
    await session.run('ROLLBACK TO SAVEPOINT etl_rows');
    for (const [row, error] of bad) refusals.add(row, error);
  }
}

async function writeAllColumns(
  session: Session,
  resource: Dataset,
  rows: readonly Row[],
  options: WriteOptions,
  refusals: Refusals,
): Promise<void> {
  const clashing = new Set<Row>();
  const onRefused = (row: Row, error: RowRefusedError): void => {
    if (isClash(error)) clashing.add(row);
    else refusals.add(row, error);
  };
  let underway: Promise<void> = Promise.resolve();
  for (const part of chunk(rows, mostOf(resource, options), mostBytes(session, options), columnBytes)) {
    // While the server has the part before it in hand.
    const values = bindAll(resource, part, options);
    await underway;
    underway = awaitedLater(writeColumns(session, resource, part, options, onRefused, values));
  }
  await underway;
  if (clashing.size === 0) return;
  for (const [row, error] of await settleClashes(session, resource, [...clashing], options))
    refusals.add(row, error);
}

async function writeAllPayloads(
  session: Session,
  resource: Dataset,
  rows: readonly Row[],
  options: WriteOptions,
): Promise<Map<Row, RowRefusedError>> {
  const bad = new Map<Row, RowRefusedError>();
  const weigh = options.keepPayload ? payloadBytes : (): number => 0;
  for (const part of chunk(rows, mostOf(resource, options), mostBytes(session, options), weigh)) {
    await writePayloads(session, resource, part, options, (row, error) => void bad.set(row, error));
  }
  return bad;
}

function mostOf(resource: Dataset, { batchSize }: WriteOptions): number {
  return Math.min(batchSize, mostRows(resource));
}

function mostBytes({ limit = Infinity }: Session, { maxBytes }: WriteOptions): number {
  return Math.min(maxBytes, limit / 2);
}

/** Refuses what even alone is larger than the server takes, before anything of it is written. */
function refuseTooLarge(
  { limit = Infinity }: Session,
  resource: Dataset,
  rows: readonly Row[],
  options: WriteOptions,
  refusals: Refusals,
): void {
  const [columns, payload] = [upsertRows(resource, 1), upsertPayloads(resource, 1)];
  const sides = partsOf(resource).sides.map((side) => ({ side, sql: upsertSide(resource, side, 1) }));
  const text = [columns, payload, ...sides.map(({ sql }) => sql)].reduce((sum, sql) => sum + sql.length, 0);
  // Hardly ever is there anything to measure exactly.
  const suspects = rows.filter((row) => text + columnBytes(row) + payloadBytes(row) >= limit);
  for (const row of suspects) {
    const bytes = Math.max(
      statementBytes(columns, bind(resource, row, options)),
      ...sides.map(({ side, sql }) => statementBytes(sql, bindSide(row, side))),
      options.keepPayload ? statementBytes(payload, bindPayload(row)) : 0,
    );
    if (bytes >= limit) refusals.add(row, `the database takes no statement of ${bytes} bytes`);
  }
}
