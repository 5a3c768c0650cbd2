import { FatalError } from '../errors.ts';
import type { Capacity } from '../model/capacity.ts';
import { formatSize } from '../lib/size.ts';
import type { RunTools } from './active-run.ts';

/**
 * Ends a run for which there is no room left on this machine. To be called after a commit: nothing is lost.
 * @throws FailedError
 */
export function ensureCapacity({ readCapacity: room, settings }: RunTools): void {
  const lack = describeShortage(room(), settings.minFree);
  if (lack === undefined) return;
  throw new FatalError(`${lack}; the run ended after the page in hand`, {
    op: 'look for room',
    hint: 'make room, or lower MIN_DISK_FREE or MIN_MEMORY_FREE; the next run goes on from here',
  });
}

/** Whether memory is short: then no page is fetched ahead. */
export function isMemoryLow({ readCapacity: room, settings }: RunTools): boolean {
  return room().memory < settings.minFree.memory;
}

/** What is too little to go on with, in words. Half of the least memory is enough for a run without pages ahead. */
export function describeShortage(
  room: Capacity,
  least: { readonly disk: number; readonly memory: number },
): string | undefined {
  const disk = room.disks.find(({ free }) => free < least.disk);
  if (disk !== undefined) {
    return `only ${formatSize(disk.free)} are free on the disk of ${disk.path}, MIN_DISK_FREE is ${formatSize(least.disk)}`;
  }
  if (room.memory >= least.memory / 2) return undefined;
  return `only ${formatSize(room.memory)} of memory are free, MIN_MEMORY_FREE is ${formatSize(least.memory)}`;
}
