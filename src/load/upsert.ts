import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import { normalizeSqlDateTime } from '../lib/time.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import { type TrackedChange, findChanges, trackedFields } from './changes.ts';
import { compare, type Difference, type StoredVersion } from './compare.ts';
import type { PayloadWriter } from './payloads.ts';
import { restamp } from './restamp.ts';
import { selectStored } from './statement.ts';
import { writeRows } from './write.ts';

export type LoadOptions = {
  /** Rows per statement; about 100 is fastest on both MySQL and MariaDB. */
  readonly batchSize: number;
  /** Bytes per statement: half of the server's max_allowed_packet. */
  readonly maxBytes: number;
  readonly keepPayload: boolean;
  /** Older rows do not replace stored versions up to this time: see `compare`. */
  readonly protectedUpTo?: string | undefined;
  /** Whether to return changes of tracked fields. */
  readonly keepHistory: boolean;
  readonly runId: number;
  /** `YYYY-MM-DD hh:mm:ss.mmm` UTC, for created_at and updated_at. */
  readonly at: string;
  /** Commits payloads of new rows. The transaction must not have locked rows of the payload table. */
  readonly payloadWriter?: PayloadWriter;
};

const KEYS_PER_SELECT = 1000;

/** What was written, the changes of tracked fields, and the rows that the server refused, each with its message. */
export type LoadResult = Difference & {
  readonly changes: readonly TrackedChange[];
  readonly refused: ReadonlyMap<Row, string>;
};

/**
 * Compares rows with the stored ones and writes those that are new or changed. Keys must be distinct. Must be called in a
 * transaction that holds the dataset's watermark: the stored rows then cannot change between read and write.
 */
export async function loadRows(
  session: Session,
  dataset: Dataset,
  rows: readonly Row[],
  options: LoadOptions,
): Promise<LoadResult> {
  // With sorted keys, overlapping writers wait for each other instead of deadlocking.
  const sorted = [...rows].sort((a, b) => (a.key < b.key ? -1 : 1));
  const stored = await readStored(session, dataset, sorted, options.keepHistory);
  const difference = compare(sorted, stored, options.protectedUpTo);
  const { restamped } = difference;
  const refusedRestamps = await restamp(
    session,
    dataset,
    sorted.filter((row) => restamped.has(row)),
    { ...options, maxBytes: Math.min(options.maxBytes, (session.maxStatementBytes ?? Infinity) / 2) },
  );
  const rest = difference.updated.filter((row) => !restamped.has(row));
  const changed = [...difference.inserted, ...rest, ...refusedRestamps].sort((a, b) =>
    a.key < b.key ? -1 : 1,
  );
  const refused = await writeRows(session, dataset, changed, (row) => !stored.has(row.key), options);
  const isWritten = (row: Row): boolean => !refused.has(row);
  const updated = difference.updated.filter(isWritten);
  const inserted = difference.inserted.filter(isWritten);
  return { ...difference, inserted, updated, changes: findChanges(dataset, updated, stored), refused };
}

/** Reads the stored state of these rows, by key. */
export async function readStored(
  session: Session,
  dataset: Dataset,
  rows: readonly Pick<Row, 'key'>[],
  withTracked = false,
): Promise<Map<string, StoredVersion>> {
  const stored = new Map<string, StoredVersion>();
  const tracked = withTracked ? trackedFields(dataset).map(({ field }) => field.column) : [];
  for (const part of chunk(rows, KEYS_PER_SELECT)) {
    const found = await session.select<SelectedRow>(
      selectStored(dataset, part.length, tracked),
      part.map((row) => row.key),
    );
    for (const row of found) {
      stored.set(row.record_key, {
        version: row.version === null ? null : normalizeSqlDateTime(row.version),
        hash: row.hash,
        deleted: row.deleted === 1,
        ...(tracked.length === 0
          ? {}
          : { tracked: [row.w, ...tracked.map((_, nth) => row[`w${nth}`])].map(toText) }),
      });
    }
  }
  return stored;
}

type SelectedRow = { record_key: string; version: string | null; hash: string; deleted: number } & Partial<
  Record<`w${number}` | 'w', string | number | null>
>;

function toText(value: string | number | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
