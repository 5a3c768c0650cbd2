import { statfsSync } from 'node:fs';
import type { Capacity } from '../model/capacity.ts';
import { readFreeMemory } from './memory.ts';

/** Reads the free bytes on the disks of these folders, and in memory. */
export function readCapacity(folders: readonly string[]): Capacity {
  return {
    disks: folders.flatMap((path) => {
      const free = readFreeDisk(path);
      return free === undefined ? [] : [{ path, free }];
    }),
    memory: readFreeMemory(),
  };
}

/** Free for this user, not for root. Undefined if the file system does not report it. */
function readFreeDisk(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
