import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from './folder.ts';

/** Makes a folder that only its owner may enter; one that is there already stays as it is. */
export function privateFolder(path: string): void {
  makeFolder(path, 0o700);
}

/** Replaces the file in one step, readable by its owner only: a reader sees the old text or the new, never half. */
export function writePrivate(path: string, data: unknown): void {
  makeFolder(dirname(path), 0o700);
  const draft = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, JSON.stringify(data), { mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** What `writePrivate` left, or undefined where there is nothing that can be read. */
export function readPrivate(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
