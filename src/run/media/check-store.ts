import type { Session } from '../../db/pool.ts';
import { ConfigError } from '../../errors.ts';
import type { MediaStore } from '../../media/store.ts';
import { readFirstStoredPaths } from '../../record/media-check.ts';

/** Stored files that are looked for. */
const MAX_FILES = 20;

/** Fewer may have been removed by hand. */
const MIN_FILES = 5;

/**
 * Checks that the store has files that rows name. The folder of a disk that is not mounted, or another bucket, has none: new files
 * would be stored in the wrong place, and unchanged ones would count as stored. Opens one file, if it exists.
 * @throws ConfigError if none of several files exists; what the store throws.
 */
export async function ensureOwnStore(
  session: Session,
  store: Pick<MediaStore, 'name' | 'open'>,
  signal: AbortSignal,
): Promise<void> {
  const paths = await readFirstStoredPaths(session, MAX_FILES);
  if (paths.length < MIN_FILES) return;
  for (const path of paths) if (await exists(store, path, signal)) return;
  throw new ConfigError(
    `${store.name} has none of the ${paths.length} stored files that were looked for: it is not the store that media_file names`,
    {
      op: 'media store',
      hint:
        'mount its disk, or set MEDIA_STORE to the store that has the files; if they are lost, trestle-etl media sweep --remove ' +
        '--force makes them pending',
    },
  );
}

async function exists(store: Pick<MediaStore, 'open'>, path: string, signal: AbortSignal): Promise<boolean> {
  const body = await store.open(path, signal);
  if (body === undefined) return false;
  // An opened body holds a connection until it is read or given up.
  for await (const _ of body) break;
  return true;
}
