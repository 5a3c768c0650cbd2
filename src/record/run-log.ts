import type { Session } from '../db/pool.ts';
import { fromSqlDateTime, toSqlDateTime } from '../lib/time.ts';
import { RowRefusedError } from '../errors.ts';
import type { Counts } from '../model/counts.ts';
import { parseRunDetail, type ResourceDetail, type RunDetail } from './run-detail.ts';

export type RunStatus = 'running' | 'success' | 'partial' | 'failed' | 'skipped';

export type RunStart = {
  readonly source: string;
  readonly mode: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
};

/** State of a run. Written with every page, so that the counts are correct even if the run is killed. */
export type RunState = {
  readonly totals: Counts;
  readonly pages: number;
  readonly calls: number;
  readonly watermarkBefore: string | null;
  readonly watermarkAfter: string | null;
  readonly detail: RunDetail;
};

/**
 * Closes the rows of a source's runs that vanished. Must be called under the source's lock, when none of its runs is alive.
 * @returns the ids of those runs.
 */
export async function closeVanishedRuns(session: Session, source: string, now: number): Promise<number[]> {
  const rows = await session.select<{ id: number }>(
    "SELECT id FROM etl_sync_log WHERE status = 'running' AND source = ?",
    [source],
  );
  for (const { id } of rows) {
    await session.run(
      "UPDATE etl_sync_log SET status = 'failed', sync_end = updated_at, error_message = ?, updated_at = ? WHERE id = ?",
      ['vanished: the process was killed or the machine stopped', toSqlDateTime(now), String(id)],
    );
  }
  return rows.map((row) => row.id);
}

/** @returns the run's id. */
export async function openRun(
  session: Session,
  start: RunStart,
  status: RunStatus,
  now: number,
): Promise<number> {
  const at = toSqlDateTime(now);
  const insert = async (): Promise<number> => {
    const { id } = await session.run(
      'INSERT INTO etl_sync_log (source, mode, status, sync_start, host, pid, version, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      [start.source, start.mode, status, at, start.host, String(start.pid), start.version, at],
    );
    return id;
  };
  try {
    return await insert();
  } catch (error) {
    // An init_connect with `SET insert_id = …` sets the first id of each connection; no statement can undo that.
    if (!(error instanceof RowRefusedError)) throw error;
    return insert();
  }
}

export async function saveRun(session: Session, id: number, state: RunState, now: number): Promise<void> {
  await session.run(`UPDATE etl_sync_log SET ${STATE}, updated_at = ? WHERE id = ?`, [
    ...stateValues(state),
    toSqlDateTime(now),
    String(id),
  ]);
}

const STATE =
  'records_processed = ?, records_inserted = ?, records_updated = ?, records_unchanged = ?, records_rejected = ?, ' +
  'records_older = ?, records_deleted = ?, field_issues = ?, pages = ?, api_calls_made = ?, watermark_before = ?, ' +
  'watermark_after = ?, detail = ?';

function stateValues({ totals, ...state }: RunState): (string | null)[] {
  return [
    ...[totals.processed, totals.inserted, totals.updated, totals.unchanged].map(String),
    ...[totals.rejected, totals.older, totals.deleted, totals.fieldIssues].map(String),
    ...[state.pages, state.calls].map(String),
    state.watermarkBefore,
    state.watermarkAfter,
    JSON.stringify(state.detail),
  ];
}

/** How a run ended. */
export type RunEnd = {
  readonly status: RunStatus;
  readonly message: string | null;
  /** Undefined: the stored one stays. */
  readonly state?: RunState;
};

export async function closeRun(
  session: Session,
  id: number,
  { status, message, state }: RunEnd,
  now: number,
): Promise<void> {
  const at = toSqlDateTime(now);
  await session.run(
    `UPDATE etl_sync_log SET ${state === undefined ? '' : `${STATE}, `}` +
      'status = ?, error_message = ?, sync_end = ?, updated_at = ? WHERE id = ?',
    [
      ...(state === undefined ? [] : stateValues(state)),
      status,
      message?.slice(0, 4000) ?? null,
      at,
      at,
      String(id),
    ],
  );
}

export type LoggedRun = {
  id: number;
  /** The id of the source that it read. */
  source: string;
  mode: string;
  status: RunStatus;
  sync_start: string;
  sync_end: string | null;
  records_processed: number;
  records_inserted: number;
  records_updated: number;
  records_unchanged: number;
  records_rejected: number;
  records_older: number;
  records_deleted: number;
  /** Fields of the processed rows whose value differs from what was sent. */
  field_issues: number;
  pages: number;
  api_calls_made: number;
  watermark_before: string | null;
  watermark_after: string | null;
  detail: string | null;
  error_message: string | null;
  host: string;
  version: string;
};

/** Reads why these datasets were skipped by the last runs that included them. Omits datasets that were loaded. */
export async function readSkippedResources(
  session: Session,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const details = await readLastDetails(session, names);
  return new Map(
    [...details].flatMap(([name, { skipped }]) => (skipped === undefined ? [] : [[name, skipped]])),
  );
}

/** Reads which of these datasets were skipped and have never been loaded: they cannot become stale. */
export async function readUnlicensedResources(
  session: Session,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const details = [...(await readLastDetails(session, names))];
  return new Set(
    details.flatMap(([name, { skipped, isLost }]) =>
      skipped !== undefined && isLost !== true ? [name] : [],
    ),
  );
}

async function readLastDetails(
  session: Session,
  names: readonly string[],
): Promise<Map<string, ResourceDetail>> {
  const found = new Map<string, ResourceDetail>();
  for (const name of names) {
    const [row] = await session.select<{ detail: string }>(
      "SELECT detail FROM etl_sync_log WHERE mode IN ('sync', 'full-load', 'reconcile') AND detail LIKE ? " +
        'ORDER BY sync_start DESC, id DESC LIMIT 1',
      [`%"${name}":{%`],
    );
    const detail = parseRunDetail(row?.detail ?? null)?.[name];
    if (detail !== undefined) found.set(name, detail);
  }
  return found;
}

/** The last count of a dataset on both sides. @param since milliseconds. `at` is milliseconds too. */
export async function readLastCount(
  session: Session,
  name: string,
  since: number,
): Promise<(NonNullable<ResourceDetail['counted']> & { readonly at: number }) | undefined> {
  const [row] = await session.select<{ detail: string; at: string }>(
    "SELECT detail, sync_start AS at FROM etl_sync_log WHERE sync_start >= ? AND mode = 'reconcile' AND detail LIKE ? " +
      'ORDER BY sync_start DESC, id DESC LIMIT 1',
    [toSqlDateTime(since), `%"${name}":{%"counted":{%`],
  );
  if (row === undefined) return undefined;
  const counted = parseRunDetail(row.detail)?.[name]?.counted;
  return counted === undefined ? undefined : { ...counted, at: fromSqlDateTime(row.at) };
}

/** The columns of `LoggedRun`. */
export const RUN_COLUMNS =
  'id, source, mode, status, sync_start, sync_end, records_processed, records_inserted, records_updated, ' +
  'records_unchanged, records_rejected, records_older, records_deleted, field_issues, pages, api_calls_made, watermark_before, ' +
  'watermark_after, detail, error_message, host, version';

/**
 * Reads the newest runs, newest first. Orders by start: ids of a distributed server are unique but not in order.
 * @param source only runs of this source; undefined: of all sources.
 */
export async function readLastRuns(session: Session, limit: number, source?: string): Promise<LoggedRun[]> {
  return session.select<LoggedRun>(
    `SELECT ${RUN_COLUMNS} FROM etl_sync_log${source === undefined ? '' : ' WHERE source = ?'} ` +
      `ORDER BY sync_start DESC, id DESC LIMIT ${Math.trunc(limit)}`,
    source === undefined ? [] : [source],
  );
}

/** Reads one run. */
export async function readRun(session: Session, id: number): Promise<LoggedRun | undefined> {
  const [run] = await session.select<LoggedRun>(`SELECT ${RUN_COLUMNS} FROM etl_sync_log WHERE id = ?`, [
    String(id),
  ]);
  return run;
}

/** Reads the newest completed run of each source and mode, and the newest successful one. */
export async function readNewestRuns(session: Session): Promise<LoggedRun[]> {
  const kinds = await session.select<{ source: string; mode: string }>(
    'SELECT DISTINCT source, mode FROM etl_sync_log',
  );
  const found = new Map<number, LoggedRun>();
  for (const { source, mode } of kinds) {
    for (const kind of ["<> 'skipped'", "IN ('success', 'partial')"]) {
      const [run] = await session.select<LoggedRun>(
        `SELECT ${RUN_COLUMNS} FROM etl_sync_log WHERE source = ? AND mode = ? AND sync_end IS NOT NULL AND status ${kind} ` +
          'ORDER BY sync_start DESC, id DESC LIMIT 1',
        [source, mode],
      );
      if (run !== undefined) found.set(run.id, run);
    }
  }
  return [...found.values()];
}

/** Reads when a source's runs last completed, and last failed, in milliseconds since the epoch. Repairs do not count. */
export async function readLastEnds(
  session: Session,
  source: string,
): Promise<{ readonly completed: number | undefined; readonly failed: number | undefined }> {
  // A run that was interrupted is partial, with the reason.
  const isComplete = "(status = 'success' OR (status = 'partial' AND error_message IS NULL))";
  const [row] = await session.select<Record<'completed' | 'failed', string | null>>(
    `SELECT ${selectLastStart(isComplete)} AS completed, ${selectLastStart("status = 'failed'")} AS failed`,
    [source, source],
  );
  return { completed: toTime(row?.completed), failed: toTime(row?.failed) };
}

function selectLastStart(condition: string): string {
  return (
    "(SELECT sync_start FROM etl_sync_log WHERE source = ? AND mode IN ('sync', 'full-load') " +
    `AND ${condition} ORDER BY sync_start DESC LIMIT 1)`
  );
}

function toTime(text: string | null | undefined): number | undefined {
  return text === null || text === undefined ? undefined : fromSqlDateTime(text);
}
