import type { Session } from '../db/pool.ts';

/** A table and its columns, by names from src/resources. */
export type Place = {
  readonly resource: string;
  readonly table: string;
  readonly rawTable: string;
  readonly key: string;
  readonly version: string;
};

/** How a record of any resource stands here; times are `YYYY-MM-DD hh:mm:ss[.mmm]` UTC. */
export type RecordHere = {
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
  place: Place,
  key: string,
): Promise<RecordHere | undefined> {
  const [row] = await session.select<RecordHere>(
    `SELECT t.${place.version} AS version, t.updated_at AS updatedAt, t.run_id AS run, l.mode AS runMode, ` +
      `l.sync_start AS runStart, t.deleted_at AS deletedAt, r.${place.key} IS NOT NULL AS hasPayload, ` +
      '(SELECT d.reason FROM etl_deletion d WHERE d.resource = ? AND d.record_key = ? ' +
      'AND d.undone_at IS NULL ORDER BY d.deleted_at DESC LIMIT 1) AS deletedBecause ' +
      `FROM ${place.table} t LEFT JOIN ${place.rawTable} r ON r.${place.key} = t.${place.key} ` +
      `LEFT JOIN etl_sync_log l ON l.id = t.run_id WHERE t.${place.key} = ?`,
    [place.resource, key, key],
  );
  return row;
}
