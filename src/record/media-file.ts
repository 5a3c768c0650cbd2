import { placeholders } from '../db/placeholders.ts';
import type { Session, SqlValue } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';

export type MediaFileState = 'pending' | 'stored' | 'failed' | 'removed';

/** A row of media_file. Times are `YYYY-MM-DD hh:mm:ss.mmm` UTC, as text. */
export type MediaFile = {
  readonly media_key: string;
  readonly listing_key: string;
  readonly state: MediaFileState;
  readonly wanted_for: string;
  readonly fetched_for: string | null;
  /** Names a whole file of the store. */
  readonly store_path: string | null;
  readonly byte_size: number | null;
  readonly sha256: string | null;
  readonly content_type: string | null;
  readonly width: number | null;
  readonly height: number | null;
  /** The widths that are stored beside the file: `320,1280`. */
  readonly sizes: string | null;
  /** The MEDIA_SIZES for which they were made; empty without it. */
  readonly sizes_for: string;
  readonly etag: string | null;
  readonly last_modified: string | null;
  /** Fetches that failed in a row. */
  readonly tries: number;
  readonly retry_at: string | null;
  readonly reason: string | null;
  readonly message: string | null;
  readonly fetched_at: string | null;
  readonly verified_at: string | null;
  readonly remove_at: string | null;
  readonly run_id: number | null;
  readonly download_order: number;
};

const COLUMNS = [
  'media_key',
  'listing_key',
  'state',
  'wanted_for',
  'fetched_for',
  'store_path',
  'byte_size',
  'sha256',
  'content_type',
  'width',
  'height',
  'sizes',
  'sizes_for',
  'etag',
  'last_modified',
  'tries',
  'retry_at',
  'reason',
  'message',
  'fetched_at',
  'verified_at',
  'remove_at',
  'run_id',
  'download_order',
] as const satisfies readonly (keyof MediaFile)[];

/** The columns as a select list, for the table alias `f`. */
export const MEDIA_FILE_COLUMNS = COLUMNS.map((name) => `f.${name}`).join(', ');

/** A file to fetch: its row, and the address that the media record has now. */
export type PendingFile = MediaFile & { readonly url: string | null };

/** Selects rows as `PendingFile`; a condition on `f` follows. @param hint for the index, such as FORCE INDEX. */
export function selectFiles(hint = ''): string {
  return (
    `SELECT ${MEDIA_FILE_COLUMNS}, m.media_url AS url FROM media_file f ${hint} ` +
    'LEFT JOIN media m ON m.media_key = f.media_key AND m.deleted_at IS NULL'
  );
}

/** Reads new and changed files in the order of download. Uses the index state_order, without sorting: MySQL would choose another. */
export function readPendingFiles(session: Session, limit: number): Promise<PendingFile[]> {
  return session.select<PendingFile>(
    `${selectFiles('FORCE INDEX (state_order)')} WHERE f.state = 'pending' ORDER BY f.download_order LIMIT ${Math.trunc(limit)}`,
  );
}

/** Reads failed files whose pause is over. @param now `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export function readDueFailures(session: Session, now: string, limit: number): Promise<PendingFile[]> {
  return session.select<PendingFile>(
    `${selectFiles('FORCE INDEX (state_retry)')} WHERE f.state = 'failed' AND f.retry_at <= ? ORDER BY f.retry_at LIMIT ${Math.trunc(limit)}`,
    [now],
  );
}

/** Reads the files of a listing that are not stored in their current state, also those that are paused. */
export function readPendingOfListing(session: Session, listing: string): Promise<PendingFile[]> {
  return session.select<PendingFile>(
    `${selectFiles()} WHERE f.listing_key = ? AND f.state IN ('pending', 'failed') ORDER BY f.download_order`,
    [listing],
  );
}

/** Counts the files that a pass would fetch. @param now `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export async function countPending(session: Session, now: string): Promise<number> {
  const [row] = await session.select<{ n: number }>(
    "SELECT (SELECT COUNT(*) FROM media_file WHERE state = 'pending') + " +
      "(SELECT COUNT(*) FROM media_file WHERE state = 'failed' AND retry_at <= ?) AS n",
    [now],
  );
  return row?.n ?? 0;
}

/** Writes whole rows, new or not. */
export async function saveMediaFiles(session: Session, files: readonly MediaFile[]): Promise<void> {
  const replaced = COLUMNS.slice(1).map((name) => `${name} = VALUES(${name})`);
  for (const part of chunk(files, 500)) {
    await session.run(
      `INSERT INTO media_file (${COLUMNS.join(', ')}) VALUES ` +
        `${part.map(() => `(${placeholders(COLUMNS.length)})`).join(', ')} ` +
        `ON DUPLICATE KEY UPDATE ${replaced.join(', ')}`,
      part.flatMap((file) => COLUMNS.map((name) => toText(file[name]))),
    );
  }
}

function toText(value: string | number | null): SqlValue {
  return value === null ? null : String(value);
}

/** Reads files of records that are gone, whose time to be kept is over. @param now `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export function readRemovable(
  session: Session,
  now: string,
  limit: number,
): Promise<Pick<MediaFile, 'media_key' | 'store_path' | 'sizes'>[]> {
  return session.select(
    `SELECT media_key, store_path, sizes FROM media_file WHERE state = 'removed' AND remove_at <= ? ` +
      `ORDER BY remove_at LIMIT ${Math.trunc(limit)}`,
    [now],
  );
}

export async function deleteMediaFiles(session: Session, keys: readonly string[]): Promise<void> {
  for (const part of chunk(keys, 500)) {
    await session.run(`DELETE FROM media_file WHERE media_key IN (${placeholders(part.length)})`, part);
  }
}

/** Finds which of these paths are those of stored files. */
export async function readNamedPaths(session: Session, paths: readonly string[]): Promise<Set<string>> {
  const named = new Set<string>();
  for (const part of chunk(paths, 500)) {
    const rows = await session.select<{ path: string }>(
      `SELECT store_path AS path FROM media_file WHERE store_path IN (${placeholders(part.length)})`,
      part,
    );
    for (const { path } of rows) named.add(path);
  }
  return named;
}

/** Replaces the addresses of media records. Addresses are volatile: nothing else of a record changes with them. */
export async function saveAddresses(session: Session, addresses: ReadonlyMap<string, string>): Promise<void> {
  for (const part of chunk([...addresses], 200)) {
    await session.run(
      `UPDATE media SET media_url = CASE media_key ${'WHEN ? THEN ? '.repeat(part.length)}END ` +
        `WHERE media_key IN (${placeholders(part.length)})`,
      [...part.flat(), ...part.map(([key]) => key)],
    );
  }
}
