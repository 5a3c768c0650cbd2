import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from './folder.ts';

/** The rights of a path before and after they were removed from group and others, in the notation of `chmod`. */
export type NarrowedRights = { readonly path: string; readonly from: string; readonly to: string };

/** The rights of group and others. */
const OTHERS_MASK = 0o077;
const STICKY_BIT = 0o1000;

/** Creates a folder that only its owner may enter. An existing one is unchanged. */
export function makePrivateFolder(path: string): void {
  makeFolder(path, 0o700);
}

/**
 * Removes the rights of group and others on a folder, and on the files of these names in it. A folder that others may use
 * (sticky like /tmp, or with files that neither we nor locks create) is refused. Links are skipped.
 * @returns the paths that were changed.
 * @throws Error with path and rights if a path is too open and is not ours to change; the system's error.
 */
export function narrowRights(folder: string, names: readonly string[]): NarrowedRights[] {
  // Windows has no such rights.
  if (process.geteuid === undefined) return [];
  // The folder first: then no other user can put a file there.
  const narrowed = narrow(folder, statSync(folder), isShared);
  const files = names.map((name) => join(folder, name));
  return [
    ...narrowed,
    ...files.flatMap((path) => {
      const found = lstatSync(path, { throwIfNoEntry: false });
      return found?.isFile() === true ? narrow(path, found) : [];
    }),
  ];
}

/** Checks, without changing anything, that `narrowRights` accepts a folder. @throws Error with path and rights if it does not. */
export function checkCanNarrow(folder: string): void {
  if (process.geteuid !== undefined) refuseOthers(folder, statSync(folder), isShared);
}

function narrow(path: string, found: Stats, checkShared?: typeof isShared): NarrowedRights[] {
  if ((found.mode & OTHERS_MASK) === 0) return [];
  refuseOthers(path, found, checkShared);
  const mode = found.mode & 0o700;
  chmodSync(path, mode);
  return [{ path, from: formatMode(found.mode), to: formatMode(mode) }];
}

function refuseOthers(path: string, found: Stats, checkShared?: typeof isShared): void {
  if ((found.mode & OTHERS_MASK) === 0) return;
  const from = formatMode(found.mode);
  const user = process.geteuid?.();
  if (found.uid !== user) {
    throw new Error(`${path} has the rights ${from} and belongs to user ${found.uid}, not to user ${user}`);
  }
  if (checkShared?.(path, found) === true) {
    throw new Error(`${path} has the rights ${from}, and it contains files of other programs`);
  }
}

function isShared(folder: string, { mode }: Stats): boolean {
  return (mode & STICKY_BIT) !== 0 || readdirSync(folder).some((name) => !/\.(json|lock|tmp)$/.test(name));
}

function formatMode(mode: number): string {
  return (mode & 0o777).toString(8).padStart(3, '0');
}

/** Replaces the file in one step, readable by its owner only: a reader sees the old text or the new one, never a part. */
export function writePrivate(path: string, data: unknown): void {
  makeFolder(dirname(path), 0o700);
  const draft = `${path}.${process.pid}.tmp`;
  try {
    rmSync(draft, { force: true });
    // wx never follows a link that another user put there.
    writeFileSync(draft, JSON.stringify(data), { mode: 0o600, flag: 'wx' });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/**
 * Writes a file of `writePrivate` again, in place: to replace a file takes several times as long, because the file system then
 * writes it to the disk. A reader can see a part of it if it has more than a page of memory. Creates it if it does not exist.
 */
export function updatePrivate(path: string, data: unknown): void {
  const file = openOwn(path);
  if (file === undefined) return writePrivate(path, data);
  try {
    // JSON may end in blanks: then one call writes the whole file, and a process that is killed leaves the old text or the new.
    const text = Buffer.from(JSON.stringify(data));
    const rest = Math.max(0, fstatSync(file).size - text.length);
    const bytes = Buffer.concat([text, Buffer.alloc(rest, ' ')]);
    // On a full disk, the file has a part of it.
    if (writeSync(file, bytes, 0, bytes.length, 0) < bytes.length) writePrivate(path, data);
  } finally {
    closeSync(file);
  }
}

/** @returns undefined if the file is missing, or not a file of ours. */
function openOwn(path: string): number | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  const found = fstatSync(file);
  if (found.isFile() && found.nlink === 1 && found.uid === (process.geteuid?.() ?? found.uid)) return file;
  closeSync(file);
  return undefined;
}

/**
 * Reads a file of `writePrivate`. Undefined if it cannot be read, is a link, or belongs to another user.
 */
export function readPrivate(path: string): unknown {
  try {
    // Without O_NONBLOCK, opening a named pipe would block.
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = fstatSync(file);
      const isOurs = found.uid === (process.geteuid?.() ?? found.uid);
      return isOurs && found.isFile() ? (JSON.parse(readFileSync(file, 'utf8')) as unknown) : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}
