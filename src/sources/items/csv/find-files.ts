import { isAbsolute, resolve } from 'node:path';
import { type Look, lookAt } from './settle.ts';

export type FoundFile = {
  /** As `path` of the settings has it: relative to the folder of sources.yaml, or absolute. */
  readonly name: string;
  readonly path: string;
  readonly look: Look;
};

export type Files = {
  /** In the order of their names: that is the order in which they are read. */
  readonly files: readonly FoundFile[];
  /** There may be any number of them. */
  readonly isPattern: boolean;
};

/** Finds the files of a path or a pattern. A file whose name looks like a pattern is found by its name. */
export async function findFiles(pattern: string, folder: string): Promise<Files> {
  const path = resolve(folder, pattern);
  const look = await lookAt(path);
  if (look !== undefined) return { files: [{ name: pattern, path, look }], isPattern: false };
  const { glob, isDynamicPattern } = await import('tinyglobby');
  if (!isDynamicPattern(pattern)) return { files: [], isPattern: false };
  const names = await glob(pattern, {
    cwd: folder,
    absolute: isAbsolute(pattern),
    expandDirectories: false,
  });
  const files: FoundFile[] = [];
  for (const name of names.sort()) {
    const file = resolve(folder, name);
    const found = await lookAt(file);
    if (found !== undefined) files.push({ name, path: file, look: found });
  }
  return { files, isPattern: true };
}
