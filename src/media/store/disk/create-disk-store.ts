import { constants } from 'node:fs';
import { lstat, open, readdir, rm, statfs, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { chunk } from '../../../lib/chunk.ts';
import type { Body, MediaStore } from '../../store.ts';
import { checkStorePath } from '../check-path.ts';
import { isMissing, toDiskError } from './disk-error.ts';
import { createFolders, type Folders } from './folders.ts';
import { listFiles } from './list-files.ts';
import { syncFile, syncFolder } from './sync.ts';
import { writeFile } from './write-file.ts';

const SPOOL = '.spool';

/** Files that are made durable or removed at once. */
const PARALLEL_FILES = 16;

/** Entries that are durable after the next flush. */
type Unsynced = { readonly files: Set<string>; readonly folders: Set<string> };

/** Creates the store in a folder of this machine. Nothing is read or written before its first method is called. */
export function createDiskStore(root: string): MediaStore {
  const folders = createFolders(root);
  const spoolFolder = join(root, SPOOL);
  const unsynced: Unsynced = { files: new Set(), folders: new Set() };
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
    flush: () => run('flushing', () => flush(unsynced)),
    open: (path, signal) => run(`opening ${path}`, () => openFile(folders, root, path, signal), signal),
    remove: (paths, signal) => run('removing', () => remove(folders, unsynced, paths, signal), signal),
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
  unsynced: Unsynced,
  path: string,
  body: Body,
  signal: AbortSignal,
): Promise<void> {
  checkStorePath(path);
  signal.throwIfAborted();
  const spool = folders.make(join(SPOOL, 'any'));
  const { folder, touched } = folders.make(path);
  for (const each of touched) unsynced.folders.add(each);
  const target = join(folder, basename(path));
  await writeFile(spool.folder, target, body, signal);
  unsynced.files.add(target);
  unsynced.folders.add(folder);
}

/**
 * Files first: an entry must not be durable before its bytes. They are synced after all of a batch are written, because creating
 * a file waits for a journal that is being written.
 */
async function flush({ files, folders }: Unsynced): Promise<void> {
  await syncAll(files, syncFile);
  await syncAll(folders, syncFolder);
}

/** Makes entries durable and empties the set. What fails stays for the next flush. */
async function syncAll(paths: Set<string>, sync: (path: string) => Promise<void>): Promise<void> {
  const syncOne = async (path: string): Promise<void> => {
    paths.delete(path);
    try {
      await sync(path);
    } catch (error) {
      paths.add(path);
      throw error;
    }
  };
  for (const some of chunk([...paths], PARALLEL_FILES)) await Promise.all(some.map(syncOne));
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
async function remove(
  folders: Folders,
  unsynced: Unsynced,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  paths.forEach(checkStorePath);
  const touched = new Set<string>();
  for (const some of chunk(paths, PARALLEL_FILES)) {
    signal.throwIfAborted();
    await Promise.all(
      some.map(async (path) => {
        const folder = folders.find(path);
        if (folder === undefined) return;
        const file = join(folder, basename(path));
        await unlink(file).catch((error: unknown) => {
          if (!isMissing(error)) throw error;
        });
        unsynced.files.delete(file);
        touched.add(folder);
      }),
    );
  }
  await syncAll(touched, syncFolder);
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
