import { randomUUID } from 'node:crypto';
import { chmod, copyFile, lstat, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Body } from '../../store.ts';

const FILE_MODE = 0o644;

/**
 * Writes a file beside its place and moves it there: readers see the previous file or the whole new one. A file that replaces
 * another is durable first; a new one is durable after `syncFile`. A spooled body is moved.
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
    await chmod(body.file, FILE_MODE);
    if (await exists(target)) await syncFile(body.file);
    signal.throwIfAborted();
    return move(spool, body.file, target);
  }
  const draft = draftIn(spool);
  try {
    await writeDraft(draft, body.bytes, await exists(target));
    signal.throwIfAborted();
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Writes bytes to a new file. */
async function writeDraft(draft: string, bytes: Uint8Array, isDurable: boolean): Promise<void> {
  // wx never follows a link that another user put there.
  const handle = await open(draft, 'wx', FILE_MODE);
  try {
    await handle.writeFile(bytes);
    // Regardless of the umask.
    await handle.chmod(FILE_MODE);
    if (isDurable) await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Moves a file, from another file system too. */
async function move(spool: string, file: string, target: string): Promise<void> {
  try {
    return await rename(file, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
  }
  const draft = draftIn(spool);
  try {
    await copyFile(file, draft);
    await syncFile(draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await rm(file, { force: true });
}

/** Makes the bytes of a file durable. A file that was removed meanwhile needs nothing. */
export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  try {
    await handle?.datasync();
  } finally {
    await handle?.close();
  }
}

function draftIn(spool: string): string {
  return join(spool, `${randomUUID()}.tmp`);
}

async function exists(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
