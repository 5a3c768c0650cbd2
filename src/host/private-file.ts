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
} from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from './folder.ts';

/** Rights that were taken from group and others, as `chmod` writes them. */
export type Narrowed = { readonly path: string; readonly from: string; readonly to: string };

/** The rights of all but the owner. */
const OTHERS = 0o077;
const STICKY = 0o1000;

/** Makes a folder that only its owner may enter; one that is there already stays as it is. */
export function privateFolder(path: string): void {
  makeFolder(path, 0o700);
}

/**
 * Leaves the rights on a folder, and on the files of these names in it, to their owner. A folder that may be there for
 * others too (sticky as /tmp, or with something in it that neither we nor locks leave) is not narrowed. Links are let be.
 * @returns what was narrowed.
 * @throws Error with path and rights for what is wider and is not ours to narrow; the system's error.
 */
export function narrowRights(folder: string, names: readonly string[]): Narrowed[] {
  // Windows has no such rights.
  if (process.geteuid === undefined) return [];
  // First the folder: then nobody can lay another file there.
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

/** What `narrowRights` refuses about a folder, for who only looks. @throws Error with path and rights. */
export function mayNarrow(folder: string): void {
  if (process.geteuid !== undefined) refuseOthers(folder, statSync(folder), isShared);
}

function narrow(path: string, found: Stats, isOthersToo?: typeof isShared): Narrowed[] {
  if ((found.mode & OTHERS) === 0) return [];
  refuseOthers(path, found, isOthersToo);
  const mode = found.mode & 0o700;
  chmodSync(path, mode);
  return [{ path, from: octal(found.mode), to: octal(mode) }];
}

function refuseOthers(path: string, found: Stats, isOthersToo?: typeof isShared): void {
  if ((found.mode & OTHERS) === 0) return;
  const from = octal(found.mode);
  const user = process.geteuid?.();
  if (found.uid !== user) {
    throw new Error(`${path} has the rights ${from} and belongs to user ${found.uid}, not to user ${user}`);
  }
  if (isOthersToo?.(path, found) === true) {
    throw new Error(`${path} has the rights ${from}, and other things than trestle-etl's are in it`);
  }
}

function isShared(folder: string, { mode }: Stats): boolean {
  return (mode & STICKY) !== 0 || readdirSync(folder).some((name) => !/\.(json|lock|tmp)$/.test(name));
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(3, '0');
}

/** Replaces the file in one step, readable by its owner only: a reader sees the old text or the new, never half. */
export function writePrivate(path: string, data: unknown): void {
  makeFolder(dirname(path), 0o700);
  const draft = `${path}.${process.pid}.tmp`;
  try {
    rmSync(draft, { force: true });
    // A new file or none: a link that somebody laid there would be written through.
    writeFileSync(draft, JSON.stringify(data), { mode: 0o600, flag: 'wx' });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/**
 * What `writePrivate` left, or undefined where there is nothing that can be read: neither through a link nor from
 * another user's file.
 */
export function readPrivate(path: string): unknown {
  try {
    // Without O_NONBLOCK a named pipe would be waited for.
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
