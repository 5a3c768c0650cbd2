import type { Session } from '../db/pool.ts';
import { FencedError } from '../errors.ts';
import { fromSqlDateTime, parseInstant, toSqlDateTime } from '../lib/time.ts';
import type { Cursor } from '../model/cursor.ts';

/** How far a resource was read; the source's own text, never a DATETIME. */
export type Watermark = {
  readonly resource: string;
  /** Everything before it is here. Undefined before the first page. */
  readonly cursor: Cursor | undefined;
  /** When the feed's end was first reached, on our clock: before that the first load is under way. */
  readonly completeAt: number | undefined;
  /** When the active listings were loaded, on our clock. */
  readonly activeAt: number | undefined;
  /**
   * A full-load that is under way, and which run began it. The cursor is how far it has come over a complete table, or with
   * what `--active-first` takes before a first load; a first load itself has its place in `cursor` above.
   */
  readonly load: { readonly cursor: Cursor | undefined; readonly run: number } | undefined;
  /** How far records whose photos changed without them were looked for. */
  readonly photos: {
    /** Every change of photos before it is here; the source's own text. Undefined: never looked for. */
    readonly timestamp: string | undefined;
    /** When the feed refused the query, on our clock, and its words. */
    readonly refusal: { readonly at: number; readonly message: string } | undefined;
  };
  /**
   * Where a read that has not reached its end started, in the source's own text; empty for the beginning. Undefined: none is
   * under way.
   */
  readonly walkFrom: string | undefined;
  /** Counts every commit: the fence against a run that lost its lock. 0: no row yet. */
  readonly version: number;
  /** The run that moved it last. */
  readonly run: number;
  readonly updatedAt: number | undefined;
};

type Stored = {
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

export function noWatermark(resource: string): Watermark {
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
  const rows = await session.select<Stored>(
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
  return all.find((watermark) => watermark.resource === resource) ?? noWatermark(resource);
}

/**
 * Replaces the watermark that was read as `before`. To be the first statement of a page's transaction: it holds every
 * other writer of this resource back until the commit.
 * @param at `YYYY-MM-DD hh:mm:ss.mmm` UTC.
 * @throws FencedError where another run has moved it since.
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

/** The later of two places; the second where both are the same instant, whose keys only the server can order. */
export function later(a: Cursor | undefined, b: Cursor | undefined): Cursor | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return instantOf(a) > instantOf(b) ? a : b;
}

/** Whether a place is not in the future; there a watermark would hide everything until then. */
export function isPast(cursor: Cursor, now: number): boolean {
  return instantOf(cursor) <= latestPast(now);
}

/** The latest time, in milliseconds since the epoch, that is not in the future for a feed whose clock shows `now`. */
export function latestPast(now: number): number {
  return now + CLOCKS_APART;
}

/** The API's clock may run before ours by as much as this. */
export const CLOCKS_APART = 5 * 60_000;

/** The place `overlap` milliseconds before, for rows that become visible late. */
export function earlier(cursor: Cursor, overlap: number): Cursor {
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
