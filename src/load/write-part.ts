import { errnoOf, serverMessageOf } from '../db/errors.ts';
import type { Session, SqlValue } from '../db/pool.ts';
import { RowRefusedError } from '../errors.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import { bindRows, bindPayload, bindSide } from './bind.ts';
import { partsOf } from './parts.ts';
import { deleteKeys, insertOnly, keyColumn, upsertPayloads, upsertRows, upsertSide } from './statement.ts';

/** Called for each row that the server refuses. */
type OnRefused = (row: Row, error: RowRefusedError) => void;

export type PartOptions = { readonly keepPayload: boolean; readonly runId: number; readonly at: string };

/**
 * Writes the columns of rows. A refused statement changes nothing and leaves the transaction open; its rows are retried by
 * halves.
 */
export async function writeColumns(
  session: Session,
  dataset: Dataset,
  rows: readonly Row[],
  options: PartOptions,
  onRefused: OnRefused,
  values: SqlValue[] = bindRows(dataset, rows, options),
): Promise<void> {
  const { sides } = partsOf(dataset);
  // With side tables, a refusal may leave a row partly written.
  const isWhole = sides.length === 0;
  if (!isWhole) await session.run('SAVEPOINT etl_part');
  try {
    await runUpsert(session, dataset, upsertRows(dataset, rows.length), values, rows.length);
    for (const side of sides) {
      const bound = rows.flatMap((row) => bindSide(row, side));
      await runUpsert(session, dataset, upsertSide(dataset, side, rows.length), bound, rows.length);
    }
  } catch (error) {
    if (!(error instanceof RowRefusedError)) throw error;
    if (!isWhole) await session.run('ROLLBACK TO SAVEPOINT etl_part');
    await writeBisecting(rows, error, onRefused, (half) =>
      writeColumns(session, dataset, half, options, onRefused),
    );
  }
}

/** Writes the payloads of rows, also by halves. If payloads are not kept, deletes those of earlier versions. */
export async function writePayloads(
  session: Session,
  dataset: Dataset,
  rows: readonly Row[],
  options: PartOptions,
  onRefused: OnRefused,
): Promise<void> {
  try {
    if (options.keepPayload) {
      const statement = upsertPayloads(dataset, rows.length);
      await runUpsert(session, dataset, statement, rows.flatMap(bindPayload), rows.length);
    } else {
      const keys = rows.map((row) => row.key);
      await session.run(deleteKeys(dataset.rawTable, dataset, rows.length), keys);
    }
  } catch (error) {
    if (!(error instanceof RowRefusedError)) throw error;
    await writeBisecting(rows, error, onRefused, (half) =>
      writePayloads(session, dataset, half, options, onRefused),
    );
  }
}

async function writeBisecting(
  rows: readonly Row[],
  error: RowRefusedError,
  onRefused: OnRefused,
  write: (half: readonly Row[]) => Promise<void>,
): Promise<void> {
  const [only] = rows;
  if (only !== undefined && rows.length === 1) {
    onRefused(only, error);
    return;
  }
  const half = Math.ceil(rows.length / 2);
  await write(rows.slice(0, half));
  await write(rows.slice(half));
}

/** Column cannot be null: `insertOrUpdate` causes this if it matches a row with a different key. */
const NULL_KEY = 1048;

/**
 * Runs an insert-or-update. If its only row matched a row with a different key, runs it again as a plain INSERT: the error of
 * that (1062) names the index.
 */
async function runUpsert(
  session: Session,
  dataset: Dataset,
  statement: string,
  values: readonly SqlValue[],
  count: number,
): Promise<void> {
  try {
    await session.run(statement, values);
  } catch (error) {
    const matchedOtherKey =
      errnoOf(error) === NULL_KEY && serverMessageOf(error).includes(`'${keyColumn(dataset)}'`);
    if (!matchedOtherKey || count > 1) throw error;
    await session.run(insertOnly(statement), values);
  }
}
