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

type Row = Omit<RawItem, 'isProcessed'> & { processed: number };

const COLUMNS =
  'external_id AS `key`, payload, processed, error, attempts, ingested_at AS ingestedAt, processed_at AS processedAt, run_id AS run';

function toRaw({ processed, ...row }: Row): RawItem {
  return { ...row, isProcessed: processed === 1 };
}

export async function readRawRecord(
  session: Session,
  source: string,
  key: string,
): Promise<RawItem | undefined> {
  const [row] = await session.select<Row>(
    `SELECT ${COLUMNS} FROM raw_data WHERE source_name = ? AND external_id = ?`,
    [source, key],
  );
  return row === undefined ? undefined : toRaw(row);
}

/** Reads records that could not become items, in the order of their keys. @param after starts after this key. */
export async function listUnprocessed(
  session: Session,
  source: string,
  limit: number,
  after = '',
): Promise<RawItem[]> {
  return listMatching(session, 'processed = 0 AND source_name = ?', { source, limit, after });
}

/** Reads all records of a source, in the order of their keys. @param after starts after this key. */
export async function listRawRecords(
  session: Session,
  source: string,
  limit: number,
  after = '',
): Promise<RawItem[]> {
  return listMatching(session, 'source_name = ?', { source, limit, after });
}

async function listMatching(
  session: Session,
  condition: string,
  { source, limit, after }: { readonly source: string; readonly limit: number; readonly after: string },
): Promise<RawItem[]> {
  const rows = await session.select<Row>(
    `SELECT ${COLUMNS} FROM raw_data WHERE ${condition} AND external_id > ? ORDER BY external_id LIMIT ${Math.trunc(limit)}`,
    [source, after],
  );
  return rows.map(toRaw);
}
