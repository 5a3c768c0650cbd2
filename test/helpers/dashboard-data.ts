import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeJpeg } from '../../src/sandbox/trestle/files/jpeg.ts';
import { HOUR_MS, MINUTE_MS, toSqlDateTime } from '../../src/lib/time.ts';
import type { FreshDatabase } from './database.ts';

const RUN_EVERY_MS = 30 * MINUTE_MS;
const RUNS = 7 * 48;

/** Stores a week of runs of the feed, one every half an hour, with two that failed; the last one ended a few minutes ago. */
export async function addRuns(db: FreshDatabase, now: number): Promise<void> {
  const rows = Array.from({ length: RUNS }, (_, nth) => {
    const back = RUNS - nth;
    const start = now - back * RUN_EVERY_MS + 26 * MINUTE_MS;
    // Three hours without a run, on the third day.
    if (back > 200 && back < 206) return undefined;
    const isFailed = back === 40 || back === 41;
    const wave = 1 + Math.sin((nth / 48) * 2 * Math.PI);
    const [inserted, updated] = [Math.round(4 * wave), Math.round(22 * wave) + (nth % 7)];
    const seconds = Math.round(20 + 25 * wave + (nth % 5) * 6);
    return [
      'trestle',
      'sync',
      isFailed ? 'failed' : nth % 97 === 0 ? 'partial' : 'success',
      toSqlDateTime(start),
      toSqlDateTime(start + seconds * 1000),
      ...(isFailed ? [0, 0, 0, 0] : [inserted + updated, inserted, updated, nth % 9 === 0 ? 2 : 0]),
      nth % 97 === 0 ? 1 : 0,
      isFailed ? 'the API answers 503: Service Unavailable' : null,
      Math.round(3 + 4 * wave),
    ];
  }).filter((row) => row !== undefined);
  for (const row of rows) {
    await db.query(
      'INSERT INTO etl_sync_log (source, mode, status, sync_start, sync_end, records_processed, records_inserted, ' +
        'records_updated, records_deleted, records_rejected, error_message, api_calls_made, host, pid, version, updated_at) ' +
        `VALUES (${row.map(() => '?').join(', ')}, 'h', 1, '1', ?)`,
      [...row, row[4]],
    );
  }
  await addCalls(db, now);
}

async function addCalls(db: FreshDatabase, now: number): Promise<void> {
  const last = now - (now % HOUR_MS);
  for (let back = 0; back < 48; back += 1) {
    const calls = Math.round(300 + 260 * Math.sin((back / 24) * 2 * Math.PI));
    await db.query(
      'INSERT INTO etl_api_usage (process, run_id, hour, source, resource, kind, calls, failed, bytes, ms) ' +
        "VALUES ('test', 0, ?, 'trestle', 'Property', 'data', ?, 0, 1000, 10)",
      [toSqlDateTime(last - back * HOUR_MS), calls],
    );
  }
}

/** Pictures of 320 × 240 pixels. */
const PICTURE_BYTES = 8000;

/** Stores files of a listing's first media records: some pictures, and one that failed. */
export async function addFiles(db: FreshDatabase, folder: string, listing: string): Promise<void> {
  const media = await db.query<{ key: string }>(
    'SELECT media_key AS `key` FROM media WHERE resource_record_key = ? ORDER BY `order`, media_key',
    [listing],
  );
  for (const [nth, { key }] of media.entries()) {
    const isFailed = nth === media.length - 1 && nth > 0;
    const path = isFailed ? null : `aa/bb/photo-${nth}.jpg`;
    const { bytes } = makeJpeg(PICTURE_BYTES, nth);
    if (path !== null) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
    await db.query(
      'INSERT INTO media_file (media_key, listing_key, state, wanted_for, store_path, byte_size, content_type, tries, reason, message) ' +
        "VALUES (?, ?, ?, 'x', ?, ?, 'image/jpeg', ?, ?, ?)",
      [
        key,
        listing,
        isFailed ? 'failed' : 'stored',
        path,
        isFailed ? null : bytes.length,
        isFailed ? 2 : 0,
        isFailed ? 'html' : null,
        isFailed ? 'the answer is a page' : null,
      ],
    );
  }
}
