import { IS_DISPLAY_ALLOWED } from '../../listing-display.ts';
import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { Session } from '../../../db/pool.ts';

export type OpenedMediaFile = {
  readonly file: FileHandle;
  readonly size: number;
  readonly type: string;
  /** It is a picture that browsers show; others are only saved: an SVG or an HTML page could contain scripts. */
  readonly isPicture: boolean;
};

const PICTURES = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif']);

/**
 * Opens the stored file of a media record. Only paths that media_file names are opened, within the folder, and only of listings
 * that the licence lets be shown.
 * @returns undefined if there is none. The caller closes it.
 */
export async function openMediaFile(
  session: Session,
  folder: string,
  mediaKey: string,
): Promise<OpenedMediaFile | undefined> {
  const [row] = await session.select<{ path: string; type: string | null }>(
    'SELECT f.store_path AS path, f.content_type AS type FROM media_file f ' +
      'LEFT JOIN properties p ON p.listing_key = f.listing_key WHERE f.media_key = ? AND f.store_path IS NOT NULL ' +
      `AND f.state <> 'removed' AND ${IS_DISPLAY_ALLOWED} AND p.deleted_at IS NULL`,
    [mediaKey],
  );
  if (row === undefined) return undefined;
  const path = await findWithin(folder, row.path);
  if (path === undefined) return undefined;
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const found = await file.stat();
  if (!found.isFile()) {
    await file.close();
    return undefined;
  }
  const isPicture = PICTURES.has(row.type ?? '');
  return { file, size: found.size, type: isPicture ? row.type! : 'application/octet-stream', isPicture };
}

/** The real path of a file below a folder, without links that lead out of it; undefined if there is none. */
async function findWithin(folder: string, path: string): Promise<string | undefined> {
  try {
    const base = await realpath(folder);
    const found = await realpath(resolve(base, path));
    return found.startsWith(`${base}${sep}`) ? found : undefined;
  } catch {
    return undefined;
  }
}
