import { FatalError } from '../errors.ts';
import type { Capacity } from '../model/capacity.ts';
import { formatSize } from '../lib/size.ts';
import type { RunTools } from './active-run.ts';

/**
 * Stops a run when this machine is short of disk space or memory. Call it after a commit, so that nothing is lost.
 * @throws FatalError
 */
export function ensureCapacity({ readCapacity, settings }: RunTools): void {
  const shortage = describeShortage(readCapacity(), settings.minFree);
  if (shortage === undefined) return;
  throw new FatalError(`${shortage}; the run stopped after the current page`, {
    op: 'check capacity',
    hint: 'free disk space or memory, or lower MIN_DISK_FREE or MIN_MEMORY_FREE; the next run resumes from here',
  });
}

/** Whether memory is too low to fetch a page ahead. */
export function isMemoryLow({ readCapacity, settings }: RunTools): boolean {
  return readCapacity().memory < settings.minFree.memory;
}

/** Describes what is too low to continue. Half of the minimum memory is enough for a run that fetches no page ahead. */
export function describeShortage(
  capacity: Capacity,
  minFree: { readonly disk: number; readonly memory: number },
): string | undefined {
  const disk = capacity.disks.find(({ free }) => free < minFree.disk);
  if (disk !== undefined) {
    return `only ${formatSize(disk.free)} free on the disk of ${disk.path} (MIN_DISK_FREE is ${formatSize(minFree.disk)})`;
  }
  if (capacity.memory >= minFree.memory / 2) return undefined;
  return `only ${formatSize(capacity.memory)} of memory free (MIN_MEMORY_FREE is ${formatSize(minFree.memory)})`;
}
