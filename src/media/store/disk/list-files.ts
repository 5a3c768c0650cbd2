import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredFile } from '../../store.ts';
import { isStorePath } from '../check-path.ts';
import { isMissing } from './disk-error.ts';

/** Files whose size is read at once. */
const CHUNK_FILES = 64;

/**
 * Lists the files below a folder in the order of their paths, as bytes. Links, and names that no stored file has, are skipped.
 * @param prefix path of the folder in the store, empty or with `/` at its end.
 */
export async function* listFiles(
  root: string,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<StoredFile> {
  signal.throwIfAborted();
  const entries = (await readFolder(join(root, prefix))).filter(({ name }) =>
    isStorePath(`${prefix}${name}`),
  );
  const sorted = entries.toSorted((a, b) => (sortKeyOf(a) < sortKeyOf(b) ? -1 : 1));
  for (let index = 0; index < sorted.length;) {
    const entry = sorted[index]!;
    if (entry.isDirectory()) {
      yield* listFiles(root, `${prefix}${entry.name}/`, signal);
      index += 1;
      continue;
    }
    const chunk = takeFiles(sorted, index);
    signal.throwIfAborted();
    const found = await Promise.all(chunk.map(({ name }) => describe(root, `${prefix}${name}`)));
    yield* found.filter((file) => file !== undefined);
    index += chunk.length;
  }
}

/** `a/b` comes after `a.b`: the `/` of a folder counts. */
function sortKeyOf(entry: Dirent): string {
  return entry.isDirectory() ? `${entry.name}/` : entry.name;
}

/** The entries from `start` on until the next folder. */
function takeFiles(entries: readonly Dirent[], start: number): Dirent[] {
  const chunk = entries.slice(start, start + CHUNK_FILES);
  const folder = chunk.findIndex((entry) => entry.isDirectory());
  return folder === -1 ? chunk : chunk.slice(0, folder);
}

/** A folder that was removed meanwhile is empty. */
async function readFolder(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function describe(root: string, path: string): Promise<StoredFile | undefined> {
  const found = await lstat(join(root, path)).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (found?.isFile() !== true) return undefined;
  return { path, size: found.size, modifiedAt: Math.floor(found.mtimeMs) };
}
