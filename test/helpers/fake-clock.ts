import type { Clock } from '../../src/model/clock.ts';

export type FakeClock = Clock & {
  /** Every wait so far, in milliseconds. */
  readonly sleeps: number[];
  /** Time that passes by itself. */
  pass(ms: number): void;
};

/** A clock that stands still until somebody sleeps: no test waits for real. */
export function fakeClock(start = Date.UTC(2026, 2, 19, 12)): FakeClock {
  let time = start;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => time,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      sleeps.push(ms);
      time += ms;
    },
    pass: (ms) => {
      time += ms;
    },
  };
}
