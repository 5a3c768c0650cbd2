import { FatalError } from '../../errors.ts';

/** Parts that start with a dot are refused: `..` leads out of the store, and `.spool` is its own. */
const PATH = /^(?:[a-z0-9_-][a-z0-9._-]*\/)*[a-z0-9_-][a-z0-9._-]*$/;

/** Length of media_file.store_path. */
const MAX_LENGTH = 255;

/** Whether a path is one that a store may have: see MediaStore. */
export function isStorePath(path: string): boolean {
  return path.length <= MAX_LENGTH && PATH.test(path);
}

/** @throws FatalError for a path outside the alphabet of MediaStore: it may lead to another file. */
export function checkStorePath(path: string): void {
  if (isStorePath(path)) return;
  throw new FatalError(`${JSON.stringify(path)} is no path of a media file`, { op: 'media store' });
}
