import type { Session } from '../db/pool.ts';

/** A table and its columns. All names come from the code, not from input. */
export type RecordTable = {
  readonly resource: string;
  readonly table: string;
  readonly rawTable: string;
  readonly key: string;
  readonly version: string;
};

/** State of a stored record of any dataset. Times are `YYYY-MM-DD hh:mm:ss[.mmm]` UTC. */
export type StoredRecord = {
  readonly version: string;
  readonly updatedAt: string;
  readonly run: number;
  readonly runMode: string | null;
  readonly runStart: string | null;
  readonly deletedAt: string | null;
  readonly deletedBecause: string | null;
  readonly hasPayload: number;
};

export async function readRecord(
  session: Session,
  table: RecordTable,
  key: string,
): Promise<StoredRecord | undefined> {
  const [row] = await session.select<StoredRecord>(
    `SELECT t.${table.version} AS version, t.updated_at AS updatedAt, t.run_id AS run, l.mode AS runMode, ` +
      `l.sync_start AS runStart, t.deleted_at AS deletedAt, r.${table.key} IS NOT NULL AS hasPayload, ` +
      '(SELECT d.reason FROM etl_deletion d WHERE d.resource = ? AND d.record_key = ? ' +
      'AND d.undone_at IS NULL ORDER BY d.deleted_at DESC LIMIT 1) AS deletedBecause ' +
      `FROM ${table.table} t LEFT JOIN ${table.rawTable} r ON r.${table.key} = t.${table.key} ` +
      `LEFT JOIN etl_sync_log l ON l.id = t.run_id WHERE t.${table.key} = ?`,
    [table.resource, key, key],
  );
  return row;
}
