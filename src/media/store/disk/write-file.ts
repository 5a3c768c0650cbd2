import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fchmodSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Body } from '../../store.ts';
import { syncFile } from './sync.ts';

const FILE_MODE = 0o644;

/**
 * Writes a file beside its place and moves it there: readers see the previous file or the whole new one. A file that replaces
 * another is durable first; a new one is durable after `syncFile`. A spooled body is moved. Only what waits for the disk leaves the
 * thread: the other calls cost less than to hand them over, and a body in memory is small.
 * @throws the system's error, or the signal's reason; then nothing is left, and a spooled body was not moved.
 */
export async function writeFile(
  spool: string,
  target: string,
  body: Body,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  if (body.kind === 'file') {
    chmodSync(body.file, FILE_MODE);
    if (exists(target)) await syncFile(body.file);
    signal.throwIfAborted();
    return move(spool, body.file, target);
  }
  const draft = draftIn(spool);
  try {
    writeDraft(draft, body.bytes);
    if (exists(target)) await syncFile(draft);
    signal.throwIfAborted();
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Writes bytes to a new file. */
function writeDraft(draft: string, bytes: Uint8Array): void {
  // wx never follows a link that another user put there.
  const handle = openSync(draft, 'wx', FILE_MODE);
  try {
    writeFileSync(handle, bytes);
    // Regardless of the umask.
    fchmodSync(handle, FILE_MODE);
  } finally {
    closeSync(handle);
  }
}

/** Moves a file, from another file system too. */
async function move(spool: string, file: string, target: string): Promise<void> {
  try {
    return renameSync(file, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
  }
  const draft = draftIn(spool);
  try {
    await copyFile(file, draft);
    await syncFile(draft);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  rmSync(file, { force: true });
}

function draftIn(spool: string): string {
  return join(spool, `${randomUUID()}.tmp`);
}

function exists(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
