import { constants } from 'node:fs';
import { lstat, open, readdir, rm, statfs, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { chunk } from '../../../lib/chunk.ts';
import type { Body, MediaStore } from '../../store.ts';
import { checkStorePath } from '../check-path.ts';
import { isMissing, toDiskError } from './disk-error.ts';
import { createFolders, type Folders } from './folders.ts';
import { listFiles } from './list-files.ts';
import { syncFolder } from './sync.ts';
import { writeFile } from './write-file.ts';

const SPOOL = '.spool';

/** Files that are removed, and folders that are made durable, at once. */
const PARALLEL_FILES = 16;

/** Creates the store in a folder of this machine. Nothing is read or written before its first method is called. */
export function createDiskStore(root: string): MediaStore {
  const folders = createFolders(root);
  const spoolFolder = join(root, SPOOL);
  // Folders whose new entries are durable after the next flush.
  const unsynced = new Set<string>();
  const run = <T>(op: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> =>
    work().catch((error: unknown) => {
      throw toDiskError(root, op, error, signal);
    });
  return {
    name: root,
    spoolFolder,
    prepare: (signal) => run('preparing', () => prepare(folders, signal), signal),
    put: (path, body, _facts, signal) =>
      run(`storing ${path}`, () => put(folders, unsynced, path, body, signal), signal),
    flush: () => run('flushing', () => syncFolders(unsynced)),
    open: (path, signal) => run(`opening ${path}`, () => openFile(folders, root, path, signal), signal),
    remove: (paths, signal) => run('removing', () => remove(folders, paths, signal), signal),
    async *list(signal) {
      try {
        const base = folders.find('any')!;
        yield* listFiles(base, '', signal);
      } catch (error) {
        throw toDiskError(root, 'listing', error, signal);
      }
    },
    check: (signal) => run('checking', () => check(folders, signal), signal),
  };
}

async function prepare(folders: Folders, signal: AbortSignal): Promise<void> {
  const { folder } = folders.make(join(SPOOL, 'any'));
  for (const name of await readdir(folder)) {
    signal.throwIfAborted();
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function put(
  folders: Folders,
  unsynced: Set<string>,
  path: string,
  body: Body,
  signal: AbortSignal,
): Promise<void> {
  checkStorePath(path);
  signal.throwIfAborted();
  const spool = folders.make(join(SPOOL, 'any'));
  const { folder, touched } = folders.make(path);
  for (const each of touched) unsynced.add(each);
  await writeFile(spool.folder, join(folder, basename(path)), body, signal);
  unsynced.add(folder);
}

/** What was not made durable stays for the next flush. */
async function syncFolders(folders: Set<string>): Promise<void> {
  const sync = async (folder: string): Promise<void> => {
    folders.delete(folder);
    try {
      await syncFolder(folder);
    } catch (error) {
      folders.add(folder);
      throw error;
    }
  };
  for (const some of chunk([...folders], PARALLEL_FILES)) await Promise.all(some.map(sync));
}

async function openFile(
  folders: Folders,
  root: string,
  path: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  checkStorePath(path);
  signal.throwIfAborted();
  const folder = folders.find(path);
  if (folder === undefined) return undefined;
  const file = join(folder, basename(path));
  const found = await lstat(file).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  return found?.isFile() === true ? readFile(root, path, file, signal) : undefined;
}

/** Opens the file with the first read: a stream that is never read holds nothing. */
async function* readFile(
  root: string,
  path: string,
  file: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    for await (const bytes of handle.createReadStream() as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      yield bytes;
    }
  } catch (error) {
    throw toDiskError(root, `reading ${path}`, error, signal);
  }
}

/** The removal is durable at the end: a file that came back after a power failure would have no row. */
async function remove(folders: Folders, paths: readonly string[], signal: AbortSignal): Promise<void> {
  paths.forEach(checkStorePath);
  const touched = new Set<string>();
  for (const some of chunk(paths, PARALLEL_FILES)) {
    signal.throwIfAborted();
    await Promise.all(
      some.map(async (path) => {
        const folder = folders.find(path);
        if (folder === undefined) return;
        await unlink(join(folder, basename(path))).catch((error: unknown) => {
          if (!isMissing(error)) throw error;
        });
        touched.add(folder);
      }),
    );
  }
  await syncFolders(touched);
}

/** Free for this user, not for root. */
async function check(folders: Folders, signal: AbortSignal): Promise<{ readonly free: number | undefined }> {
  signal.throwIfAborted();
  const { folder } = folders.make(join(SPOOL, 'any'));
  const probe = join(folder, `check-${process.pid}.tmp`);
  await rm(probe, { force: true });
  try {
    const handle = await open(probe, 'wx+', 0o600);
    try {
      // A whole block, flushed to the disk: some file systems report a full disk late.
      await handle.write(Buffer.alloc(4096), 0, 4096, 0);
      await handle.sync();
      await handle.read(Buffer.alloc(4096), 0, 4096, 0);
    } finally {
      await handle.close();
    }
  } finally {
    await rm(probe, { force: true });
  }
  const { bavail, bsize } = await statfs(folder);
  return { free: bavail * bsize };
}
