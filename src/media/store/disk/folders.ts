import { chmodSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isMissing, linkError, missingRootError, noFolderError } from './disk-error.ts';

/** A web server, which is another user, reads the files. */
const FOLDER_MODE = 0o755;

/**
 * The folders of a disk store. Its calls are synchronous: each takes some microseconds, less than it costs to hand it to a thread.
 */
export type Folders = {
  /** Returns the existing folder of a path; undefined if there is none. @throws ConfigError if the root is missing, or for a link. */
  find(path: string): string | undefined;
  /** Creates the folder of a path. @returns the folder, and the parents of those that did not exist. */
  make(path: string): { readonly folder: string; readonly touched: readonly string[] };
};

export function createFolders(root: string): Folders {
  let realRoot: string | undefined;
  const resolveRoot = (): string => (realRoot ??= findRoot(root));
  return {
    find: (path) => {
      let folder = resolveRoot();
      for (const name of namesOf(path)) {
        folder = join(folder, name);
        if (!isFolder(root, folder)) {
          // The root may have vanished since: a removed disk must not look like an empty store.
          findRoot(root);
          return undefined;
        }
      }
      return folder;
    },
    make: (path) => {
      const touched: string[] = [];
      let folder = resolveRoot();
      for (const name of namesOf(path)) {
        const parent = folder;
        folder = join(parent, name);
        if (!isFolder(root, folder) && makeFolder(root, folder)) touched.push(parent);
      }
      return { folder, touched };
    },
  };
}

function namesOf(path: string): string[] {
  const folder = dirname(path);
  return folder === '.' ? [] : folder.split('/');
}

function findRoot(root: string): string {
  try {
    return realpathSync.native(root);
  } catch (error) {
    throw isMissing(error) ? missingRootError(root, error) : error;
  }
}

/** Whether a folder exists. @throws an error for a link, or a file in its place. */
function isFolder(root: string, folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (found.isSymbolicLink()) throw linkError(root, folder);
  if (!found.isDirectory()) throw noFolderError(root, folder);
  return true;
}

/** Creates a folder in an existing one. @returns false if another process has just created it. */
function makeFolder(root: string, folder: string): boolean {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (isMissing(error)) throw missingRootError(root, error);
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !isFolder(root, folder)) throw error;
    return false;
  }
  // Regardless of the umask.
  chmodSync(folder, FOLDER_MODE);
  return true;
}
