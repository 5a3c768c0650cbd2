import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import { fromSqlDateTime, toSqlDateTime } from '../lib/time.ts';
import type { CallBook, CallKind } from '../model/usage.ts';

/** Sums over a group of API calls. */
export type CallSums = {
  readonly calls: number;
  readonly failed: number;
  /** Size of the decompressed response bodies. */
  readonly bytes: number;
  readonly ms: number;
};

/**
 * Saves the current counts of a process. May be called any number of times in any order: counts only grow, so the greatest are
 * kept.
 */
export async function saveCalls(session: Session, { process, counts }: CallBook): Promise<void> {
  for (const part of chunk(counts, 500)) {
    await session.run(
      'INSERT INTO etl_api_usage (process, run_id, hour, source, resource, kind, calls, failed, bytes, ms) VALUES ' +
        `${part.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')} ON DUPLICATE KEY UPDATE ` +
        'calls = GREATEST(calls, VALUES(calls)), failed = GREATEST(failed, VALUES(failed)), ' +
        'bytes = GREATEST(bytes, VALUES(bytes)), ms = GREATEST(ms, VALUES(ms))',
      part.flatMap((count) => [
        process,
        String(count.run),
        toSqlDateTime(count.hour),
        count.source,
        count.resource,
        count.kind,
        ...[count.calls, count.failed, count.bytes, count.ms].map(String),
      ]),
    );
  }
}

type SumsRow = Readonly<Record<keyof CallSums, string | number>>;

/** SUM returns a DECIMAL, which the driver returns as text. */
const SUM_COLUMNS = 'SUM(u.calls) AS calls, SUM(u.failed) AS failed, SUM(u.bytes) AS bytes, SUM(u.ms) AS ms';

function toCallSums({ calls, failed, bytes, ms }: SumsRow): CallSums {
  return { calls: Number(calls), failed: Number(failed), bytes: Number(bytes), ms: Number(ms) };
}

export type HourUsage = CallSums & {
  /** Start of the hour, in milliseconds since the epoch. */
  readonly hour: number;
  readonly kind: CallKind;
};

/** Reads the hours in which a source was called, in order. @param from milliseconds since the epoch. */
export async function readCallsByHour(session: Session, source: string, from: number): Promise<HourUsage[]> {
  const rows = await session.select<SumsRow & { hour: string; kind: CallKind }>(
    `SELECT u.hour, u.kind, ${SUM_COLUMNS} FROM etl_api_usage u WHERE u.hour >= ? AND u.source = ? ` +
      'GROUP BY u.hour, u.kind ORDER BY u.hour, u.kind',
    [toSqlDateTime(from), source],
  );
  return rows.map((row) => ({ hour: fromSqlDateTime(row.hour), kind: row.kind, ...toCallSums(row) }));
}

export type ResourceUsage = CallSums & { readonly resource: string; readonly kind: CallKind };

export async function readCallsByResource(
  session: Session,
  source: string,
  from: number,
): Promise<ResourceUsage[]> {
  const rows = await session.select<SumsRow & { resource: string; kind: CallKind }>(
    `SELECT u.resource, u.kind, ${SUM_COLUMNS} FROM etl_api_usage u WHERE u.hour >= ? AND u.source = ? ` +
      "GROUP BY u.resource, u.kind ORDER BY u.resource = '', u.resource, u.kind",
    [toSqlDateTime(from), source],
  );
  return rows.map(({ resource, kind, ...sums }) => ({ resource, kind, ...toCallSums(sums) }));
}

export type RunUsage = CallSums & {
  /** 0: no run. */
  readonly run: number;
  readonly kind: CallKind;
  /** Null if etl_sync_log no longer has the run, or if there was no run. */
  readonly mode: string | null;
  readonly status: string | null;
  /** `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
  readonly start: string | null;
};

export type SourceUsage = CallSums & { readonly source: string; readonly kind: CallKind };

/** Reads the calls of all sources but one. */
export async function readCallsOfOthers(
  session: Session,
  source: string,
  from: number,
): Promise<SourceUsage[]> {
  const rows = await session.select<SumsRow & { source: string; kind: CallKind }>(
    `SELECT u.source, u.kind, ${SUM_COLUMNS} FROM etl_api_usage u WHERE u.hour >= ? AND u.source <> ? ` +
      'GROUP BY u.source, u.kind ORDER BY u.source, u.kind',
    [toSqlDateTime(from), source],
  );
  return rows.map((row) => ({ source: row.source, kind: row.kind, ...toCallSums(row) }));
}

/** Reads the calls of a source for each run, newest first, then of runs that are no longer in etl_sync_log, then those without a run. */
export async function readCallsByRun(session: Session, source: string, from: number): Promise<RunUsage[]> {
  const rows = await session.select<SumsRow & Pick<RunUsage, 'run' | 'kind' | 'mode' | 'status' | 'start'>>(
    `SELECT u.run_id AS run, u.kind, MAX(l.mode) AS mode, MAX(l.status) AS status, MAX(l.sync_start) AS start, ${SUM_COLUMNS} ` +
      'FROM etl_api_usage u LEFT JOIN etl_sync_log l ON l.id = u.run_id WHERE u.hour >= ? AND u.source = ? ' +
      'GROUP BY u.run_id, u.kind ORDER BY MAX(l.sync_start) DESC, u.run_id DESC, u.kind',
    [toSqlDateTime(from), source],
  );
  return rows.map(({ run, kind, mode, status, start, ...sums }) => ({
    run,
    kind,
    mode,
    status,
    start,
    ...toCallSums(sums),
  }));
}

/** Reads the calls of one run, by dataset. */
export async function readCallsOfRun(session: Session, run: number): Promise<ResourceUsage[]> {
  const rows = await session.select<SumsRow & { resource: string; kind: CallKind }>(
    `SELECT u.resource, u.kind, ${SUM_COLUMNS} FROM etl_api_usage u WHERE u.run_id = ? ` +
      "GROUP BY u.resource, u.kind ORDER BY u.resource = '', u.resource, u.kind",
    [String(run)],
  );
  return rows.map(({ resource, kind, ...sums }) => ({ resource, kind, ...toCallSums(sums) }));
}

/** Reads the hour of a source's first call, in milliseconds since the epoch; undefined if there was none. */
export async function readFirstHour(session: Session, source: string): Promise<number | undefined> {
  const [row] = await session.select<{ hour: string | null }>(
    'SELECT MIN(hour) AS hour FROM etl_api_usage WHERE source = ?',
    [source],
  );
  return row?.hour == null ? undefined : fromSqlDateTime(row.hour);
}
