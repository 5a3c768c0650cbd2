import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import { fromSqlDateTime, toSqlDateTime } from '../lib/time.ts';
import type { CallBook, CallKind } from '../model/usage.ts';

/** Numbers of calls, their sum over whatever they were asked for. */
export type Calls = {
  readonly calls: number;
  readonly failed: number;
  /** Of the answers' bodies, unpacked. */
  readonly bytes: number;
  readonly ms: number;
};

/**
 * Writes the numbers that a process has come to. Any number of times, in any order: the greatest are kept, as they only
 * ever grow.
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

type Sums = Readonly<Record<keyof Calls, string | number>>;

/** SUM gives a DECIMAL, which comes as text. */
const SUMS = 'SUM(u.calls) AS calls, SUM(u.failed) AS failed, SUM(u.bytes) AS bytes, SUM(u.ms) AS ms';

function numbers({ calls, failed, bytes, ms }: Sums): Calls {
  return { calls: Number(calls), failed: Number(failed), bytes: Number(bytes), ms: Number(ms) };
}

export type HourOfCalls = Calls & {
  /** Its beginning, in milliseconds since the epoch. */
  readonly hour: number;
  readonly kind: CallKind;
};

/** Hour by hour, those that had calls, in order. @param from milliseconds since the epoch. */
export async function callsByHour(session: Session, from: number): Promise<HourOfCalls[]> {
  const rows = await session.select<Sums & { hour: string; kind: CallKind }>(
    `SELECT u.hour, u.kind, ${SUMS} FROM etl_api_usage u WHERE u.hour >= ? GROUP BY u.hour, u.kind ORDER BY u.hour, u.kind`,
    [toSqlDateTime(from)],
  );
  return rows.map((row) => ({ hour: fromSqlDateTime(row.hour), kind: row.kind, ...numbers(row) }));
}

export type ResourceOfCalls = Calls & { readonly resource: string; readonly kind: CallKind };

export async function callsByResource(session: Session, from: number): Promise<ResourceOfCalls[]> {
  const rows = await session.select<Sums & { resource: string; kind: CallKind }>(
    `SELECT u.resource, u.kind, ${SUMS} FROM etl_api_usage u WHERE u.hour >= ? GROUP BY u.resource, u.kind ` +
      "ORDER BY u.resource = '', u.resource, u.kind",
    [toSqlDateTime(from)],
  );
  return rows.map(({ resource, kind, ...sums }) => ({ resource, kind, ...numbers(sums) }));
}

export type RunOfCalls = Calls & {
  /** 0: no run. */
  readonly run: number;
  readonly kind: CallKind;
  /** Null where etl_sync_log has the run no more, or where it was none. */
  readonly mode: string | null;
  readonly status: string | null;
  /** `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
  readonly start: string | null;
};

/** Run by run, the newest first; runs that etl_sync_log has no more come last, and then what belongs to none. */
export async function callsByRun(session: Session, from: number): Promise<RunOfCalls[]> {
  const rows = await session.select<Sums & Pick<RunOfCalls, 'run' | 'kind' | 'mode' | 'status' | 'start'>>(
    `SELECT u.run_id AS run, u.kind, MAX(l.mode) AS mode, MAX(l.status) AS status, MAX(l.sync_start) AS start, ${SUMS} ` +
      'FROM etl_api_usage u LEFT JOIN etl_sync_log l ON l.id = u.run_id WHERE u.hour >= ? ' +
      'GROUP BY u.run_id, u.kind ORDER BY MAX(l.sync_start) DESC, u.run_id DESC, u.kind',
    [toSqlDateTime(from)],
  );
  return rows.map(({ run, kind, mode, status, start, ...sums }) => ({
    run,
    kind,
    mode,
    status,
    start,
    ...numbers(sums),
  }));
}

/** When the first call was counted, in milliseconds since the epoch; undefined where none was. */
export async function firstHour(session: Session): Promise<number | undefined> {
  const [row] = await session.select<{ hour: string | null }>('SELECT MIN(hour) AS hour FROM etl_api_usage');
  return row?.hour == null ? undefined : fromSqlDateTime(row.hour);
}
