import type { Session } from '../db/pool.ts';
import { FencedError } from '../errors.ts';
import { fromSqlDateTime, MINUTE_MS, parseInstant, toSqlDateTime } from '../lib/time.ts';
import type { Cursor } from '../model/cursor.ts';

/** How far a dataset was read; in the source's own text, never a DATETIME. */
export type Watermark = {
  readonly resource: string;
  /** Everything before it is stored. Undefined before the first page. */
  readonly cursor: Cursor | undefined;
  /** When the end of the feed was first reached, on our clock. Until then, the first load is in progress. */
  readonly completeAt: number | undefined;
  /** When the active listings were loaded, on our clock. */
  readonly activeAt: number | undefined;
  /**
   * A full-load in progress, and the run that started it. This cursor is its progress over a complete table, or that of the
   * records that `--active-first` loads before a first load. A first load itself uses `cursor` above.
   */
  readonly load: { readonly cursor: Cursor | undefined; readonly run: number } | undefined;
  /** Progress of the search for records whose photos changed while their version did not. */
  readonly photos: {
    /** Every change of photos before it is stored; in the source's own text. Undefined: never searched. */
    readonly timestamp: string | undefined;
    /** When the feed refused the query, on our clock, and its message. */
    readonly refusal: { readonly at: number; readonly message: string } | undefined;
  };
  /**
   * Start of a read that has not reached the end, in the source's own text; empty: the beginning. Undefined: no read is in
   * progress.
   */
  readonly walkFrom: string | undefined;
  /** Incremented by every commit: the fence against a run that lost its lock. 0: no row yet. */
  readonly version: number;
  /** The run that last moved it. */
  readonly run: number;
  readonly updatedAt: number | undefined;
};

type WatermarkRow = {
  resource: string;
  cursor_timestamp: string | null;
  cursor_key: string | null;
  complete_at: string | null;
  active_at: string | null;
  load_timestamp: string | null;
  load_key: string | null;
  load_run: number | null;
  photos_timestamp: string | null;
  photos_refused_at: string | null;
  photos_refusal: string | null;
  walk_from: string | null;
  version: number;
  run_id: number;
  updated_at: string;
};

export function createWatermark(resource: string): Watermark {
  return {
    resource,
    cursor: undefined,
    completeAt: undefined,
    activeAt: undefined,
    load: undefined,
    photos: { timestamp: undefined, refusal: undefined },
    walkFrom: undefined,
    version: 0,
    run: 0,
    updatedAt: undefined,
  };
}

export async function readWatermarks(session: Session): Promise<Watermark[]> {
  const rows = await session.select<WatermarkRow>(
    'SELECT resource, cursor_timestamp, cursor_key, complete_at, active_at, load_timestamp, load_key, load_run, ' +
      'photos_timestamp, photos_refused_at, photos_refusal, walk_from, version, run_id, updated_at FROM etl_watermark ORDER BY resource',
  );
  return rows.map((row) => ({
    resource: row.resource,
    cursor: toCursor(row.cursor_timestamp, row.cursor_key),
    completeAt: row.complete_at === null ? undefined : fromSqlDateTime(row.complete_at),
    activeAt: row.active_at === null ? undefined : fromSqlDateTime(row.active_at),
    load:
      row.load_run === null
        ? undefined
        : { cursor: toCursor(row.load_timestamp, row.load_key), run: row.load_run },
    photos: {
      timestamp: row.photos_timestamp ?? undefined,
      refusal:
        row.photos_refused_at === null
          ? undefined
          : { at: fromSqlDateTime(row.photos_refused_at), message: row.photos_refusal ?? '' },
    },
    walkFrom: row.walk_from ?? undefined,
    version: row.version,
    run: row.run_id,
    updatedAt: fromSqlDateTime(row.updated_at),
  }));
}

export async function readWatermark(session: Session, resource: string): Promise<Watermark> {
  const all = await readWatermarks(session);
  return all.find((watermark) => watermark.resource === resource) ?? createWatermark(resource);
}

/**
 * Replaces the watermark that was read as `before`. Must be the first statement of a page's transaction: it blocks every other
 * writer of this dataset until the commit.
 * @param at `YYYY-MM-DD hh:mm:ss.mmm` UTC.
 * @throws FencedError if another run has moved it since.
 */
export async function moveWatermark(
  session: Session,
  before: Watermark,
  after: Watermark,
  by: { readonly run: number; readonly source: string },
  at: string,
): Promise<Watermark> {
  if (before.version === 0) {
    await session.run(
      'INSERT IGNORE INTO etl_watermark (source, resource, version, run_id, updated_at) VALUES (?, ?, 0, ?, ?)',
      [by.source, before.resource, String(by.run), at],
    );
  }
  const version = before.version + 1;
  const { matched } = await session.run(
    'UPDATE etl_watermark SET cursor_timestamp = ?, cursor_key = ?, complete_at = ?, active_at = ?, load_timestamp = ?, load_key = ?, ' +
      'load_run = ?, photos_timestamp = ?, photos_refused_at = ?, photos_refusal = ?, walk_from = ?, version = ?, run_id = ?, updated_at = ? WHERE resource = ? AND version = ?',
    [
      after.cursor?.timestamp ?? null,
      after.cursor?.key ?? null,
      after.completeAt === undefined ? null : toSqlDateTime(after.completeAt),
      after.activeAt === undefined ? null : toSqlDateTime(after.activeAt),
      after.load?.cursor?.timestamp ?? null,
      after.load?.cursor?.key ?? null,
      after.load === undefined ? null : String(after.load.run),
      after.photos.timestamp ?? null,
      after.photos.refusal === undefined ? null : toSqlDateTime(after.photos.refusal.at),
      after.photos.refusal?.message ?? null,
      after.walkFrom ?? null,
      String(version),
      String(by.run),
      at,
      before.resource,
      String(before.version),
    ],
  );
  if (matched !== 1) {
    throw new FencedError(
      `${before.resource}: another run has moved the watermark; this one commits nothing more`,
      {
        op: 'move watermark',
        hint: 'trestle-etl status shows the runs',
      },
    );
  }
  return { ...after, version, run: by.run };
}

/** Returns the later cursor; the second if both have the same instant, because only the server can order their keys. */
export function pickLater(a: Cursor | undefined, b: Cursor | undefined): Cursor | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return instantOf(a) > instantOf(b) ? a : b;
}

/** Whether a cursor is not in the future: a watermark in the future would hide all records until then. */
export function isPast(cursor: Cursor, now: number): boolean {
  return instantOf(cursor) <= latestPastMs(now);
}

/** The latest time, in milliseconds since the epoch, that is not in the future for a feed whose clock shows `now`. */
export function latestPastMs(now: number): number {
  return now + MAX_CLOCK_SKEW_MS;
}

/** The API's clock may be ahead of ours by this much. */
export const MAX_CLOCK_SKEW_MS = 5 * MINUTE_MS;

/** Returns the cursor `overlap` milliseconds earlier, for records that become visible late. */
export function rewindCursor(cursor: Cursor, overlap: number): Cursor {
  if (overlap === 0) return cursor;
  return { timestamp: new Date(instantOf(cursor) - overlap).toISOString() };
}

function instantOf(cursor: Cursor): number {
  return parseInstant(cursor.timestamp) ?? 0;
}

function toCursor(timestamp: string | null, key: string | null): Cursor | undefined {
  if (timestamp === null) return undefined;
  return key === null ? { timestamp } : { timestamp, key };
}
