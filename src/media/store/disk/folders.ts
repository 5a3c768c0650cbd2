import { chmod, lstat, mkdir, open, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { linkError, missingRootError } from './disk-error.ts';

/** A web server, which is another user, reads the files. */
const FOLDER_MODE = 0o755;

/** The folders of a disk store. */
export type Folders = {
  /** Returns the existing folder of a path; undefined if there is none. @throws ConfigError if the root is missing, or for a link. */
  find(path: string): Promise<string | undefined>;
  /** Creates the folder of a path. @returns the folder, and all of those that got a new entry. */
  make(path: string): Promise<{ readonly folder: string; readonly touched: readonly string[] }>;
};

export function createFolders(root: string): Folders {
  let realRoot: string | undefined;
  const resolveRoot = async (): Promise<string> => {
    realRoot ??= await realpath(root).catch((error: unknown) => {
      throw isMissing(error) ? missingRootError(root, error) : error;
    });
    return realRoot;
  };
  const find = async (path: string): Promise<string | undefined> => {
    const expected = join(await resolveRoot(), dirname(path));
    const real = await realpath(expected).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (real !== undefined && real !== expected) throw linkError(root, expected);
    // The root may have vanished since: a removed disk must not look like an empty store.
    if (real === undefined) await ensureRoot(root);
    return real;
  };
  return {
    find,
    make: async (path) => {
      const found = await find(path);
      if (found !== undefined) return { folder: found, touched: [found] };
      const touched = await makeFolders(await resolveRoot(), dirname(path));
      const folder = await find(path);
      if (folder === undefined) throw missingRootError(root);
      return { folder, touched: [...touched, folder] };
    },
  };
}

async function ensureRoot(root: string): Promise<void> {
  await realpath(root).catch((error: unknown) => {
    throw isMissing(error) ? missingRootError(root, error) : error;
  });
}

/** Creates the folders of a relative path one by one. @returns the parents of those that did not exist. */
async function makeFolders(root: string, relative: string): Promise<string[]> {
  const touched: string[] = [];
  let parent = root;
  for (const name of relative.split('/')) {
    const folder = join(parent, name);
    try {
      await mkdir(folder);
      // Regardless of the umask.
      await chmod(folder, FOLDER_MODE);
      touched.push(parent);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const found = await lstat(folder);
      if (found.isSymbolicLink()) throw linkError(root, folder);
      if (!found.isDirectory()) throw error;
    }
    parent = folder;
  }
  return touched;
}

/** Makes the entries of a folder durable. A folder that is gone has none. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  try {
    await handle?.sync();
  } catch (error) {
    // Some network file systems cannot sync a folder: they store its entries at once.
    if (!['EINVAL', 'EBADF', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await handle?.close();
  }
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
