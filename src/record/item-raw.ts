import type { Session } from '../db/pool.ts';

/** A record as it was sent. Times are `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export type RawItem = {
  readonly key: string;
  readonly payload: string;
  readonly isProcessed: boolean;
  readonly error: string | null;
  readonly attempts: number;
  readonly ingestedAt: string;
  readonly processedAt: string | null;
  readonly run: number;
};

type RawRow = Omit<RawItem, 'isProcessed'> & { processed: number };

const COLUMNS =
  'external_id AS `key`, payload, processed, error, attempts, ingested_at AS ingestedAt, processed_at AS processedAt, run_id AS run';

function toRaw({ processed, ...row }: RawRow): RawItem {
  return { ...row, isProcessed: processed === 1 };
}

export async function readRawRecord(
  session: Session,
  source: string,
  key: string,
): Promise<RawItem | undefined> {
  const [row] = await session.select<RawRow>(
    `SELECT ${COLUMNS} FROM raw_data WHERE source_name = ? AND external_id = ?`,
    [source, key],
  );
  return row === undefined ? undefined : toRaw(row);
}

/**
 * Reads records that could not become items, in the order of their keys.
 * @param after starts after this key.
 * @param maxBytes of the payloads together; at least one record is read.
 */
export async function listUnprocessed(
  session: Session,
  source: string,
  limit: number,
  after = '',
  maxBytes = Infinity,
): Promise<RawItem[]> {
  return listMatching(session, 'processed = 0 AND source_name = ?', { source, limit, after, maxBytes });
}

/** Reads all records of a source, as `listUnprocessed` does. */
export async function listRawRecords(
  session: Session,
  source: string,
  limit: number,
  after = '',
  maxBytes = Infinity,
): Promise<RawItem[]> {
  return listMatching(session, 'source_name = ?', { source, limit, after, maxBytes });
}

type Range = {
  readonly source: string;
  readonly limit: number;
  readonly after: string;
  readonly maxBytes: number;
};

async function listMatching(session: Session, condition: string, range: Range): Promise<RawItem[]> {
  const { source, after, maxBytes } = range;
  const limit = maxBytes === Infinity ? range.limit : await countFitting(session, condition, range);
  if (limit === 0) return [];
  const rows = await session.select<RawRow>(
    `SELECT ${COLUMNS} FROM raw_data WHERE ${condition} AND external_id > ? ORDER BY external_id LIMIT ${Math.trunc(limit)}`,
    [source, after],
  );
  return rows.map(toRaw);
}

/** Counts the next records whose payloads are small enough to be read together. */
async function countFitting(
  session: Session,
  condition: string,
  { source, limit, after, maxBytes }: Range,
): Promise<number> {
  const rows = await session.select<{ bytes: number }>(
    `SELECT LENGTH(payload) AS bytes FROM raw_data WHERE ${condition} AND external_id > ? ORDER BY external_id LIMIT ${Math.trunc(limit)}`,
    [source, after],
  );
  let left = maxBytes;
  const tooMany = rows.findIndex(({ bytes }) => (left -= bytes) < 0);
  return tooMany === -1 ? rows.length : Math.max(1, tooMany);
}

/** Rows that are deleted at a time. */
const MAX_ROWS = 5000;

/** Deletes all records of a source as they were sent. */
export async function deleteRawRecords(session: Session, source: string): Promise<void> {
  for (let deleted = MAX_ROWS; deleted === MAX_ROWS;)
    ({ matched: deleted } = await session.run(
      `DELETE FROM raw_data WHERE source_name = ? LIMIT ${MAX_ROWS}`,
      [source],
    ));
}
