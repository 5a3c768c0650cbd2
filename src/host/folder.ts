import { mkdirSync, rmSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Makes a folder and those above it that are missing. One by one: Node's own `recursive` never returns where a parent is
 * there and still no folder can be made in it, below /proc or on a dead mount (seen with Node 20).
 * @returns whether it had to be made.
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
    // Another process was quicker.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && isFolder(path)) return false;
    throw error;
  }
}

function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() === true;
}

/** Whether a folder belongs to another user; of one that is not there, the one that it would be made in. */
export function isForeign(path: string): boolean {
  const found = statOf(path);
  if (found === undefined) return dirname(path) !== path && isForeign(dirname(path));
  return found.uid !== (process.geteuid?.() ?? found.uid);
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // Something above it is a file, or may not be entered: making it will say so.
    return undefined;
  }
}

/**
 * Shows that files can be written in a folder, by writing one: its rights don't tell of a full disk or a read-only mount.
 * @throws the system's error.
 */
export function tryFolder(path: string): void {
  const draft = join(path, `.try.${process.pid}.tmp`);
  rmSync(draft, { force: true });
  try {
    // A whole block, and down to the disk: some file systems find out late that there is no room.
    writeFileSync(draft, Buffer.alloc(4096), { mode: 0o600, flag: 'wx', flush: true });
  } finally {
    rmSync(draft, { force: true });
  }
}

/** What a person does about the system's errors; all else is a matter of rights. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'free space there',
  EDQUOT: 'free space there: the quota of this user is used up',
  EFBIG: 'raise the limit on the size of files: see ulimit -f',
  EROFS: 'it lies on a file system that is mounted read-only: mount it for writing',
  ENOTDIR: 'a file stands where a folder is needed: move it away',
  EEXIST: 'a file stands where a folder is needed: move it away',
};

/** What a person can do where the folder that `variable` names can't be used. */
export function remedy(error: unknown, variable: string): string {
  const user = process.geteuid === undefined ? 'the user' : `user ${process.geteuid()}`;
  const what =
    REMEDIES[(error as NodeJS.ErrnoException).code ?? ''] ??
    `${user}, who runs trestle-etl, must be able to write there: see ls -ld and chown`;
  return `${what}; or set ${variable}`;
}
