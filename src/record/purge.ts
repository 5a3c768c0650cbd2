import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import { fromSqlDateTime, normalizeSqlDateTime } from '../lib/time.ts';
import { readImports } from './import.ts';

/**
 * Each function purges at most one batch of rows that are older than `before`, a time as `YYYY-MM-DD hh:mm:ss.mmm` UTC, and returns
 * how many it purged: 0 if none is left. Rows are found by an index first and then purged by their key, so that no range of an
 * index is locked.
 */
const BATCH_ROWS = 500;

/** The database's own clock, in milliseconds. */
export async function readServerTime(session: Session): Promise<number> {
  const [row] = await session.select<{ now: string }>('SELECT UTC_TIMESTAMP(3) AS now');
  return fromSqlDateTime(normalizeSqlDateTime(row!.now));
}

/** Whether another run of this source was completed since a time. */
export async function hasCompletedRun(
  session: Session,
  source: string,
  { since, except }: { readonly since: string; readonly except: number },
): Promise<boolean> {
  const rows = await session.select(
    "SELECT 1 AS one FROM etl_sync_log WHERE source = ? AND sync_start >= ? AND status IN ('success', 'partial') " +
      "AND mode IN ('sync', 'full-load', 'reconcile') AND error_message IS NULL AND id <> ? LIMIT 1",
    [source, since, String(except)],
  );
  return rows.length > 0;
}

/**
 * Runs of a source. A run is kept until a newer one has the same mode and status, and also has an error or none: the last of each
 * kind is always known.
 */
export async function purgeRuns(session: Session, source: string, before: string): Promise<number> {
  const kinds = await session.select<{ mode: string; status: string; ended: number }>(
    'SELECT DISTINCT mode, status, IF(error_message IS NULL, 1, 0) AS ended FROM etl_sync_log ' +
      "WHERE source = ? AND sync_start >= ? AND status <> 'running'",
    [source, before],
  );
  if (kinds.length === 0) return 0;
  const rows = await session.select<{ id: number }>(
    'SELECT id FROM etl_sync_log WHERE source = ? AND sync_start < ? ' +
      `AND (mode, status, IF(error_message IS NULL, 1, 0)) IN (${kinds.map(() => '(?, ?, ?)').join(', ')}) ` +
      `ORDER BY sync_start LIMIT ${BATCH_ROWS}`,
    [source, before, ...kinds.flatMap(({ mode, status, ended }) => [mode, status, String(ended)])],
  );
  return removeByKey(
    session,
    'etl_sync_log',
    'id',
    rows.map(({ id }) => String(id)),
  );
}

/** Counted requests of all sources, one hour at a time. */
export async function purgeUsage(session: Session, before: string): Promise<number> {
  const [row] = await session.select<{ hour: string }>(
    'SELECT hour FROM etl_api_usage WHERE hour < ? ORDER BY hour LIMIT 1',
    [before],
  );
  if (row === undefined) return 0;
  return (await session.run('DELETE FROM etl_api_usage WHERE hour = ?', [row.hour])).matched;
}

/** Entries of deletions, undone ones included. */
export async function purgeDeletions(session: Session, before: string): Promise<number> {
  const rows = await session.select<{ run: number; resource: string; key: string }>(
    'SELECT run_id AS run, resource, record_key AS `key` FROM etl_deletion WHERE deleted_at < ? ' +
      `ORDER BY deleted_at LIMIT ${BATCH_ROWS}`,
    [before],
  );
  if (rows.length === 0) return 0;
  const keys = rows.map(() => '(?, ?, ?)').join(', ');
  const { matched } = await session.run(
    `DELETE FROM etl_deletion WHERE (run_id, resource, record_key) IN (${keys})`,
    rows.flatMap(({ run, resource, key }) => [String(run), resource, key]),
  );
  return matched;
}

/** Stored changes of listings. */
export async function purgeChanges(session: Session, before: string): Promise<number> {
  const rows = await session.select<{ key: string; at: string; field: string }>(
    'SELECT listing_key AS `key`, changed_at AS at, field FROM listing_change WHERE changed_at < ? ' +
      `ORDER BY changed_at LIMIT ${BATCH_ROWS}`,
    [before],
  );
  if (rows.length === 0) return 0;
  const keys = rows.map(() => '(?, ?, ?)').join(', ');
  const { matched } = await session.run(
    `DELETE FROM listing_change WHERE (listing_key, changed_at, field) IN (${keys})`,
    rows.flatMap(({ key, at, field }) => [key, normalizeSqlDateTime(at), field]),
  );
  return matched;
}

/** Records of an item source without an id that could not become items: nothing else ever replaces or deletes them. */
export async function purgeRawRecords(session: Session, source: string, before: string): Promise<number> {
  const rows = await session.select<{ key: string }>(
    "SELECT external_id AS `key` FROM raw_data WHERE processed = 0 AND source_name = ? AND external_id LIKE 'no-id:%' " +
      `AND ingested_at < ? ORDER BY external_id LIMIT ${BATCH_ROWS}`,
    [source, before],
  );
  if (rows.length === 0) return 0;
  const { matched } = await session.run(
    `DELETE FROM raw_data WHERE source_name = ? AND external_id IN (${placeholders(rows.length)})`,
    [source, ...rows.map(({ key }) => key)],
  );
  return matched;
}

/** Imports of a source whose tables are gone, with their rejected lines. */
export async function purgeImports(session: Session, source: string, before: string): Promise<number> {
  const dropped = await session.select<{ id: number }>(
    "SELECT id FROM etl_import WHERE source = ? AND state = 'dropped' AND updated_at < ? ORDER BY id",
    [source, before],
  );
  if (dropped.length === 0) return 0;
  // A table that did not change belongs to later releases too, and so do its rejected lines.
  const makers = new Set((await readImports(session, source)).flatMap(({ tables }) => Object.values(tables)));
  const id = dropped.find((each) => !makers.has(each.id))?.id;
  if (id === undefined) return 0;
  const rejects = await session.select<{ id: number }>(
    `SELECT id FROM etl_import_reject WHERE import_id = ? LIMIT ${BATCH_ROWS}`,
    [String(id)],
  );
  if (rejects.length > 0) {
    return removeByKey(
      session,
      'etl_import_reject',
      'id',
      rejects.map((reject) => String(reject.id)),
    );
  }
  for (const table of ['etl_import_file', 'etl_import_table', 'etl_import_check']) {
    await session.run(`DELETE FROM ${table} WHERE import_id = ?`, [String(id)]);
  }
  return removeByKey(session, 'etl_import', 'id', [String(id)]);
}

async function removeByKey(
  session: Session,
  table: string,
  column: string,
  keys: readonly string[],
): Promise<number> {
  if (keys.length === 0) return 0;
  const { matched } = await session.run(
    `DELETE FROM ${table} WHERE ${column} IN (${placeholders(keys.length)})`,
    keys,
  );
  return matched;
}
