import type { Session, Value } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import { fullSqlDateTime } from '../lib/time.ts';
import type { Resource, Row } from '../model.ts';
import { compare, type Difference, type Stored } from './compare.ts';
import { deleteKeys, mostRows, selectStored, upsertPayloads, upsertRows } from './statement.ts';

export type LoadOptions = {
  /** Rows a statement; about 100 is fastest on MySQL and MariaDB alike. */
  readonly batchSize: number;
  /** Bytes a statement: half of the server's max_allowed_packet. */
  readonly maxBytes: number;
  readonly keepPayload: boolean;
  readonly runId: number;
  /** `YYYY-MM-DD hh:mm:ss.mmm` UTC, for created_at and updated_at. */
  readonly at: string;
};

const KEYS_A_SELECT = 1000;

/**
 * Compares rows of distinct keys with what is stored, and writes those that are new or changed. To be called in a
 * transaction that holds the resource's watermark: what was read is then still true when it is written.
 */
export async function load(
  session: Session,
  resource: Resource,
  rows: readonly Row[],
  options: LoadOptions,
): Promise<Difference> {
  // Sorted keys: overlapping writers then wait for each other instead of deadlocking.
  const sorted = [...rows].sort((a, b) => (a.key < b.key ? -1 : 1));
  const difference = compare(sorted, await readStored(session, resource, sorted));
  const changed = [...difference.inserted, ...difference.updated].sort((a, b) => (a.key < b.key ? -1 : 1));
  await write(session, resource, changed, options);
  return difference;
}

/** What the table holds of these rows' keys. */
export async function readStored(
  session: Session,
  resource: Resource,
  rows: readonly Row[],
): Promise<Map<string, Stored>> {
  const stored = new Map<string, Stored>();
  for (const part of chunk(rows, KEYS_A_SELECT)) {
    const found = await session.select<{
      record_key: string;
      version: string;
      hash: string;
      deleted: number;
    }>(
      selectStored(resource, part.length),
      part.map((row) => row.key),
    );
    for (const row of found) {
      stored.set(row.record_key, {
        version: fullSqlDateTime(row.version),
        hash: row.hash,
        deleted: row.deleted === 1,
      });
    }
  }
  return stored;
}

async function write(
  session: Session,
  resource: Resource,
  rows: readonly Row[],
  options: LoadOptions,
): Promise<void> {
  const most = Math.min(options.batchSize, mostRows(resource));
  for (const part of chunk(rows, most, options.maxBytes, columnBytes)) {
    await session.run(
      upsertRows(resource, part.length),
      part.flatMap((row) => bind(row, options)),
    );
  }
  if (options.keepPayload) {
    for (const part of chunk(rows, most, options.maxBytes, payloadBytes)) {
      await session.run(
        upsertPayloads(resource, part.length),
        part.flatMap((row) => [row.key, row.payload]),
      );
    }
    return;
  }
  // A payload from an earlier version of the record would contradict the row.
  for (const part of chunk(rows, most)) {
    await session.run(
      deleteKeys(resource.rawTable, resource, part.length),
      part.map((row) => row.key),
    );
  }
}

function bind(row: Row, options: LoadOptions): Value[] {
  return [...row.values, row.hash, String(options.runId), options.at, options.at];
}

/** A character has at most three bytes of UTF-8 for each unit of JavaScript's; nine bytes a value go to the protocol. */
function columnBytes(row: Row): number {
  return row.values.reduce((sum, value) => sum + 9 + 3 * (value?.length ?? 0), 200);
}

function payloadBytes(row: Row): number {
  return 3 * (row.payload.length + row.key.length) + 20;
}
