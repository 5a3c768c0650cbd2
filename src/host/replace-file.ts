import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Replaces a file in one step: a reader sees the old text or the new one, never a part.
 * @param mode its rights, regardless of the umask.
 * @throws the system's error.
 */
export function replaceFile(path: string, text: string, mode: number): void {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    rmSync(draft, { force: true });
    // wx never follows a link that another user put there.
    writeFileSync(draft, text, { mode, flag: 'wx' });
    chmodSync(draft, mode);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
