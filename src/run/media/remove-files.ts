import { toSqlDateTime } from '../../lib/time.ts';
import { deleteMediaFiles, readNamedPaths, readRemovable } from '../../record/media-file.ts';
import { forgetObjects, readObjects, recordObjects } from '../../record/media-object.ts';
import { commitFenced, keepWatermark, retryAfterReconnect } from '../fence.ts';
import type { ActiveRun } from '../active-run.ts';
import { listPaths, ownerOf } from './store-path.ts';
import { MEDIA_FILE, type MediaTools, NEVER, type Pass } from './pass.ts';

const FILES = 500;

/** Removes files that a killed run left: written without a commit, or replaced by one and not removed. */
export async function removeLeftovers(pass: Pass): Promise<void> {
  const { active, media } = pass;
  const { connection, tools } = active;
  for (;;) {
    const paths = await retryAfterReconnect(active, () => readObjects(connection, FILES));
    if (paths.length === 0) return;
    const named = await retryAfterReconnect(active, () =>
      readNamedPaths(connection, [...new Set(paths.map(ownerOf))]),
    );
    await media.store.remove(
      paths.filter((path) => !named.has(ownerOf(path))),
      tools.signal,
    );
    await forget(pass, paths);
  }
}

/** Removes the rows, and then the files, of media that are gone, when their time to be kept is over. @returns their number. */
export async function removeVanished(pass: Pass): Promise<number> {
  const { active, startedAt } = pass;
  const { connection } = active;
  let removed = 0;
  for (;;) {
    const files = await retryAfterReconnect(active, () =>
      readRemovable(connection, toSqlDateTime(startedAt), FILES),
    );
    if (files.length === 0) return removed;
    const paths = files.flatMap(({ store_path: path, sizes }) =>
      path === null ? [] : listPaths(path, sizes),
    );
    await commitFenced(active, MEDIA_FILE, keepWatermark, async (session, _, at) => {
      await recordObjects(session, paths, 'remove', { run: active.id, at });
      await deleteMediaFiles(
        session,
        files.map(({ media_key: key }) => key),
      );
    });
    await removeUnnamed(pass, paths);
    removed += files.filter(({ store_path: path }) => path !== null).length;
    active.tools.signal.throwIfAborted();
  }
}

/** What removes files: a run with the locks of the store. */
export type StoreRun = { readonly active: ActiveRun; readonly media: Pick<MediaTools, 'store'> };

/** Removes files that no row names since the last commit, and then forgets them. */
export async function removeUnnamed(pass: StoreRun, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  // Not aborted by a stop signal: the next run would have to do it.
  await pass.media.store.remove(paths, NEVER);
  await forget(pass, paths);
}

async function forget({ active }: StoreRun, paths: readonly string[]): Promise<void> {
  await commitFenced(active, MEDIA_FILE, keepWatermark, (session) => forgetObjects(session, paths));
}
