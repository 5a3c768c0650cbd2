import { closeSync, fdatasync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { isMissing } from './disk-error.ts';

const syncData = promisify(fdatasync);
const syncAll = promisify(fsync);

/** Makes the bytes of a file durable. A file that was removed meanwhile needs nothing. */
export async function syncFile(file: string): Promise<void> {
  const handle = openExisting(file);
  if (handle === undefined) return;
  try {
    await syncData(handle);
  } finally {
    closeSync(handle);
  }
}

/** Makes the entries of a folder durable. A folder that is gone has none. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = openExisting(folder);
  if (handle === undefined) return;
  try {
    await syncAll(handle);
  } catch (error) {
    // Some network file systems cannot sync a folder: they store its entries at once.
    if (!['EINVAL', 'EBADF', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    closeSync(handle);
  }
}

function openExisting(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
