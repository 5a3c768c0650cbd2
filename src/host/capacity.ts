import { statfsSync } from 'node:fs';
import type { Capacity } from '../model/capacity.ts';
import { freeMemory } from './memory.ts';

/** What is free on the disks of these folders, and in memory; in bytes. */
export function readCapacity(folders: readonly string[]): Capacity {
  return {
    disks: folders.flatMap((path) => {
      const free = freeDisk(path);
      return free === undefined ? [] : [{ path, free }];
    }),
    memory: freeMemory(),
  };
}

/** For us, not for root. Undefined where the file system does not tell. */
function freeDisk(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
