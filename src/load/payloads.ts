import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import { bindPayload, estimatePayloadBytes } from './bind.ts';
import { KEYS_PER_DELETE } from './delete-by-key.ts';
import { insertOnly, keyColumn, quote, upsertPayloads } from './statement.ts';
import { splitRows, type StatementLimits } from './split-rows.ts';

/** Commits payloads on a separate connection, before the rows are committed. */
export type PayloadWriter = {
  /** Inserts the payloads of rows whose keys have none. Never rejects. @returns the rows whose payloads are committed. */
  commit(dataset: Dataset, rows: readonly Row[]): Promise<ReadonlySet<Row>>;
  /** Closes the connection. */
  end(): void;
};

/**
 * Inserts payloads of keys that have none.
 * @throws RowRefusedError (1062) if one of the keys has a payload: none is ever replaced.
 */
export async function insertPayloads(
  session: Session,
  dataset: Dataset,
  rows: readonly Row[],
  limits: StatementLimits,
): Promise<void> {
  for (const part of splitRows(session, dataset, rows, limits, estimatePayloadBytes))
    await session.run(insertOnly(upsertPayloads(dataset, part.length)), part.flatMap(bindPayload));
}

/** Deletes the payloads of those keys that have no row. @returns how many. */
export async function deletePayloadsWithoutRow(
  session: Session,
  dataset: Dataset,
  keys: readonly string[],
): Promise<number> {
  const key = quote(keyColumn(dataset));
  let deleted = 0;
  for (const part of chunk(keys, KEYS_PER_DELETE)) {
    const { matched } = await session.run(
      `DELETE r FROM ${quote(dataset.rawTable)} r LEFT JOIN ${quote(dataset.table)} t ON t.${key} = r.${key} ` +
        `WHERE r.${key} IN (${placeholders(part.length)}) AND t.${key} IS NULL`,
      part,
    );
    deleted += matched;
  }
  return deleted;
}
