import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import type { MediaFile } from './media-file.ts';

/** A row that names a file of the store. */
export type NamedFile = {
  readonly media_key: string;
  readonly store_path: string;
  readonly state: string;
  /** The widths of its smaller versions. */
  readonly sizes: string | null;
};

/** The place after a row, in the order of paths. */
export type NamedFilePlace = Pick<NamedFile, 'media_key' | 'store_path'>;

/** Reads rows that name a file, in the order of paths as bytes, after a place. Uses the index store_path. */
export function readNamedFiles(session: Session, after: NamedFilePlace, limit: number): Promise<NamedFile[]> {
  return session.select<NamedFile>(
    'SELECT media_key, store_path, state, sizes FROM media_file WHERE store_path >= ? AND (store_path > ? OR media_key > ?) ' +
      `ORDER BY store_path, media_key LIMIT ${Math.trunc(limit)}`,
    [after.store_path, after.store_path, after.media_key],
  );
}

/** Reads the paths of stored files, in the order of download. Uses the index state_order. */
export async function readFirstStoredPaths(session: Session, limit: number): Promise<string[]> {
  const rows = await session.select<{ path: string }>(
    "SELECT store_path AS path FROM media_file FORCE INDEX (state_order) WHERE state = 'stored' AND store_path IS NOT NULL " +
      `ORDER BY download_order LIMIT ${Math.trunc(limit)}`,
  );
  return rows.map(({ path }) => path);
}

/** A row whose file can be compared with it. */
export type CheckableFile = Pick<MediaFile, 'media_key'> & {
  readonly store_path: string;
  readonly byte_size: number | string;
  readonly sha256: string;
};

/** Reads rows whose file can be compared, in the order of keys, after a key. */
export function readCheckableFiles(session: Session, after: string, limit: number): Promise<CheckableFile[]> {
  return session.select<CheckableFile>(
    'SELECT media_key, store_path, byte_size, sha256 FROM media_file WHERE media_key > ? ' +
      `AND store_path IS NOT NULL AND sha256 IS NOT NULL AND state <> 'removed' ORDER BY media_key LIMIT ${Math.trunc(limit)}`,
    [after],
  );
}

/** Records that files are as they were stored. @param at `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export async function markVerified(session: Session, keys: readonly string[], at: string): Promise<void> {
  for (const part of chunk(keys, 500)) {
    await session.run(
      `UPDATE media_file SET verified_at = ? WHERE media_key IN (${placeholders(part.length)})`,
      [at, ...part],
    );
  }
}

/** What became of a stored file. */
export type Damage = 'missing' | 'altered' | 'unreadable';

const MESSAGES: Readonly<Record<Damage, string>> = {
  missing: 'the stored file is missing',
  altered: 'the stored file has other bytes than were stored',
  unreadable: 'the stored file cannot be read',
};

/**
 * Makes files pending again. They are requested without a condition, because what is stored is no longer known. A file that
 * exists keeps its path until a whole one replaces it.
 */
export async function markDamaged(
  session: Session,
  keys: readonly string[],
  damage: Damage,
  run: number,
): Promise<void> {
  const path = damage === 'missing' ? "store_path = NULL, sizes = NULL, sizes_for = '', " : '';
  for (const part of chunk(keys, 500)) {
    await session.run(
      `UPDATE media_file SET ${path}state = 'pending', fetched_for = NULL, byte_size = NULL, sha256 = NULL, etag = NULL, ` +
        'last_modified = NULL, verified_at = NULL, tries = 0, retry_at = NULL, reason = ?, message = ?, run_id = ? ' +
        `WHERE media_key IN (${placeholders(part.length)}) AND state <> 'removed'`,
      [damage, MESSAGES[damage], String(run), ...part],
    );
  }
}

/** Forgets the smaller versions of photos, so that the next download makes them again. */
export async function forgetVersions(session: Session, keys: readonly string[], run: number): Promise<void> {
  for (const part of chunk(keys, 500)) {
    await session.run(
      `UPDATE media_file SET sizes = NULL, sizes_for = '', run_id = ? WHERE media_key IN (${placeholders(part.length)})`,
      [String(run), ...part],
    );
  }
}
