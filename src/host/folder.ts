import { mkdirSync, rmSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Creates a folder and its missing parents, one by one: Node's own `recursive` never returns if a parent exists but no folder
 * can be created in it, such as below /proc or on a dead mount (seen with Node 20).
 * @returns whether the folder was created.
 * @throws the system's error.
 */
export function makeFolder(path: string, mode?: number): boolean {
  if (isFolder(path)) return false;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent, mode);
  try {
    mkdirSync(path, mode === undefined ? {} : { mode });
    return true;
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && isFolder(path)) return false;
    throw error;
  }
}

function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() === true;
}

/** Whether a folder, or its nearest existing parent, belongs to another user. */
export function belongsToAnotherUser(path: string): boolean {
  const found = statOf(path);
  if (found === undefined) return dirname(path) !== path && belongsToAnotherUser(dirname(path));
  return found.uid !== (process.geteuid?.() ?? found.uid);
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // A parent is a file, or may not be entered: creating the folder reports it.
    return undefined;
  }
}

/**
 * Checks that files can be written in a folder, by writing one: its rights do not show a full disk or a read-only mount.
 * @throws the system's error.
 */
export function checkWritable(path: string): void {
  const draft = join(path, `.try.${process.pid}.tmp`);
  rmSync(draft, { force: true });
  try {
    // A whole block, flushed to the disk: some file systems report a full disk late.
    writeFileSync(draft, Buffer.alloc(4096), { mode: 0o600, flag: 'wx', flush: true });
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Hints for the system's errors. All others are about rights. */
const FOLDER_HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'free space there',
  EDQUOT: 'free space there: the quota of this user is used up',
  EFBIG: 'raise the limit on the size of files: see ulimit -f',
  EROFS: 'its file system is mounted read-only: mount it for writing',
  ENOTDIR: 'a file is in the place of the folder: move it away',
  EEXIST: 'a file is in the place of the folder: move it away',
};

/** Returns a hint for an error about the folder that `variable` names. */
export function folderHint(error: unknown, variable: string): string {
  const user = process.geteuid === undefined ? 'the user' : `user ${process.geteuid()}`;
  const hint =
    FOLDER_HINTS[(error as NodeJS.ErrnoException).code ?? ''] ??
    `${user}, who runs trestle-etl, must be able to write there: see ls -ld and chown`;
  return `${hint}; or set ${variable}`;
}
