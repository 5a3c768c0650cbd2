import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../model/clock.ts';

/** The host's clock. */
export const clock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
