import type { Session, Value } from '../db/pool.ts';
import { statementBytes } from '../db/size.ts';
import { FailedError, RowRefusedError } from '../errors.ts';
import { awaitedLater } from '../lib/awaited-later.ts';
import { chunk } from '../lib/chunk.ts';
import { fullSqlDateTime } from '../lib/time.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import { type Change, changesOf, watchedFields } from './changes.ts';
import { compare, type Difference, type Stored } from './compare.ts';
import { type Part, partsOf } from './parts.ts';
import { restamp } from './restamp.ts';
import { deleteKeys, mostRows, selectStored, upsertPayloads, upsertRows, upsertSide } from './statement.ts';

export type LoadOptions = {
  /** Rows a statement; about 100 is fastest on MySQL and MariaDB alike. */
  readonly batchSize: number;
  /** Bytes a statement: half of the server's max_allowed_packet. */
  readonly maxBytes: number;
  readonly keepPayload: boolean;
  /** Stored versions up to this time are kept against older rows: see `compare`. */
  readonly protectedUpTo?: string | undefined;
  /** Whether changes of the watched fields are told. */
  readonly keepHistory: boolean;
  readonly runId: number;
  /** `YYYY-MM-DD hh:mm:ss.mmm` UTC, for created_at and updated_at. */
  readonly at: string;
};

const KEYS_A_SELECT = 1000;

/** Where so many rows of one page are refused, it is the table that is at fault, and the page must not be passed. */
const MOST_REFUSED = 50;

/** What was written, what that changed of watched fields, and the rows that the server would not take, each with its words. */
export type Loaded = Difference & {
  readonly changes: readonly Change[];
  readonly refused: ReadonlyMap<Row, string>;
};

/**
 * Compares rows of distinct keys with what is stored, and writes those that are new or changed. To be called in a
 * transaction that holds the resource's watermark: what was read is then still true when it is written.
 */
export async function load(
  session: Session,
  resource: Dataset,
  rows: readonly Row[],
  options: LoadOptions,
): Promise<Loaded> {
  // Sorted keys: overlapping writers then wait for each other instead of deadlocking.
  const sorted = [...rows].sort((a, b) => (a.key < b.key ? -1 : 1));
  const stored = await readStored(session, resource, sorted, options.keepHistory);
  const difference = compare(sorted, stored, options.protectedUpTo);
  const { restamped } = difference;
  const wide = await restamp(
    session,
    resource,
    sorted.filter((row) => restamped.has(row)),
    { ...options, maxBytes: Math.min(options.maxBytes, (session.limit ?? Infinity) / 2) },
  );
  const rest = difference.updated.filter((row) => !restamped.has(row));
  const changed = [...difference.inserted, ...rest, ...wide].sort((a, b) => (a.key < b.key ? -1 : 1));
  const refused = await write(session, resource, changed, options);
  const isWritten = (row: Row): boolean => !refused.has(row);
  const updated = difference.updated.filter(isWritten);
  const inserted = difference.inserted.filter(isWritten);
  return { ...difference, inserted, updated, changes: changesOf(resource, updated, stored), refused };
}

/** What the table holds of these rows' keys. */
export async function readStored(
  session: Session,
  resource: Dataset,
  rows: readonly Pick<Row, 'key'>[],
  isWatching = false,
): Promise<Map<string, Stored>> {
  const stored = new Map<string, Stored>();
  const watched = isWatching ? watchedFields(resource).map(({ field }) => field.column) : [];
  for (const part of chunk(rows, KEYS_A_SELECT)) {
    const found = await session.select<StoredRow>(
      selectStored(resource, part.length, watched),
      part.map((row) => row.key),
    );
    for (const row of found) {
      stored.set(row.record_key, {
        version: fullSqlDateTime(row.version),
        hash: row.hash,
        deleted: row.deleted === 1,
        ...(watched.length === 0
          ? {}
          : { watched: [row.w, ...watched.map((_, nth) => row[`w${nth}`])].map(textOf) }),
      });
    }
  }
  return stored;
}

type StoredRow = { record_key: string; version: string; hash: string; deleted: number } & Partial<
  Record<`w${number}` | 'w', string | number | null>
>;

function textOf(value: string | number | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** @returns the rows that the server refuses; theirs are the only ones not written. */
async function write(
  session: Session,
  resource: Dataset,
  rows: readonly Row[],
  options: LoadOptions,
): Promise<Map<Row, string>> {
  const most = Math.min(options.batchSize, mostRows(resource));
  const maxBytes = Math.min(options.maxBytes, (session.limit ?? Infinity) / 2);
  const refused = new Map<Row, string>();
  const fitting = withoutTooLarge(session, resource, rows, options, refused);
  let underway: Promise<void> = Promise.resolve();
  for (const part of chunk(fitting, most, maxBytes, columnBytes)) {
    // While the server has the part before it in hand.
    const values = bindAll(resource, part, options);
    await underway;
    underway = awaitedLater(upsertAll(session, resource, part, options, refused, values));
  }
  await underway;
  const written = rows.filter((row) => !refused.has(row));
  if (options.keepPayload) {
    for (const part of chunk(written, most, maxBytes, payloadBytes)) {
      await session.run(upsertPayloads(resource, part.length), part.flatMap(bindPayload));
    }
    return refused;
  }
  // A payload from an earlier version of the record would contradict the row.
  for (const part of chunk(written, most)) {
    await session.run(
      deleteKeys(resource.rawTable, resource, part.length),
      part.map((row) => row.key),
    );
  }
  return refused;
}

/** Refuses what even alone is larger than the server takes, before anything of it is written. */
function withoutTooLarge(
  { limit = Infinity }: Session,
  resource: Dataset,
  rows: readonly Row[],
  options: LoadOptions,
  refused: Map<Row, string>,
): readonly Row[] {
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
    if (bytes >= limit) refuse(refused, resource, row, `the database takes no statement of ${bytes} bytes`);
  }
  return refused.size === 0 ? rows : rows.filter((row) => !refused.has(row));
}

/** A statement that is refused leaves nothing behind and the transaction open: its rows are tried by halves. */
async function upsertAll(
  session: Session,
  resource: Dataset,
  rows: readonly Row[],
  options: LoadOptions,
  refused: Map<Row, string>,
  values = bindAll(resource, rows, options),
): Promise<void> {
  const { sides } = partsOf(resource);
  // Then what is refused may have left a part of a row behind.
  const isWhole = sides.length === 0;
  if (!isWhole) await session.run('SAVEPOINT etl_part');
  try {
    await session.run(upsertRows(resource, rows.length), values);
    for (const side of sides) {
      await session.run(
        upsertSide(resource, side, rows.length),
        rows.flatMap((row) => bindSide(row, side)),
      );
    }
  } catch (error) {
    if (!(error instanceof RowRefusedError)) throw error;
    if (!isWhole) await session.run('ROLLBACK TO SAVEPOINT etl_part');
    const [only] = rows;
    if (only !== undefined && rows.length === 1) {
      refuse(refused, resource, only, error.message, error);
      return;
    }
    const half = Math.ceil(rows.length / 2);
    await upsertAll(session, resource, rows.slice(0, half), options, refused);
    await upsertAll(session, resource, rows.slice(half), options, refused);
  }
}

/** @throws FailedError where there are too many. */
function refuse(
  refused: Map<Row, string>,
  resource: Dataset,
  row: Row,
  says: string,
  cause?: RowRefusedError,
): void {
  refused.set(row, says);
  if (refused.size < MOST_REFUSED) return;
  throw new FailedError(`${resource.name}: row after row, ${says}`, {
    op: 'load',
    cause,
    hint:
      cause === undefined
        ? 'raise max_allowed_packet on the database server'
        : `look for triggers, constraints and columns that were added to ${resource.table}`,
  });
}

function bindAll(resource: Dataset, rows: readonly Row[], options: LoadOptions): Value[] {
  const values: Value[] = [];
  for (const row of rows) bind(resource, row, options, values);
  return values;
}

/** Adds a row's values to those of a statement: one list of 8000 is made in a third of the time of a hundred lists in one. */
function bind(resource: Dataset, row: Row, options: LoadOptions, values: Value[] = []): Value[] {
  const { main, sides } = partsOf(resource);
  for (const value of sides.length === 0 ? row.values : valuesOf(row, main)) values.push(value);
  values.push(row.hash, String(options.runId), options.at, options.at);
  return values;
}

function bindSide(row: Row, side: Part): Value[] {
  return [row.key, ...valuesOf(row, side)];
}

function valuesOf({ values }: Row, { places }: Part): Value[] {
  return places.map((place) => values[place] ?? null);
}

function bindPayload(row: Row): Value[] {
  return [row.key, typeof row.payload === 'string' ? Buffer.from(row.payload) : row.payload];
}

/** A character has at most three bytes of UTF-8 for each unit of JavaScript's; nine bytes a value go to the protocol. */
function columnBytes(row: Row): number {
  return row.values.reduce((sum, value) => sum + 9 + 3 * (value?.length ?? 0), 200);
}

function payloadBytes({ payload, key }: Row): number {
  return (typeof payload === 'string' ? 3 * payload.length : payload.length) + 3 * key.length + 20;
}
