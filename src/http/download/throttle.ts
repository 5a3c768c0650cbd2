import type { Clock } from '../../model/clock.ts';

/** Waits before more bytes are read. */
export type Throttle = (bytes: number, signal: AbortSignal) => Promise<void>;

/** Shorter waits are added up. */
const MIN_WAIT_MS = 20;

/** Limits the bytes a second of all downloads together. @param bytesPerSecond undefined: no limit. */
export function createThrottle(bytesPerSecond: number | undefined, clock: Clock): Throttle {
  if (bytesPerSecond === undefined) return async () => undefined;
  let free = clock.now();
  return async (bytes, signal) => {
    const now = clock.now();
    free = Math.max(free, now) + (bytes / bytesPerSecond) * 1000;
    if (free - now >= MIN_WAIT_MS) await clock.sleep(free - now, signal);
  };
}
