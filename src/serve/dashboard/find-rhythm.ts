import { MINUTE_MS } from '../../lib/time.ts';

/** How often something usually runs, and when it is next. In milliseconds. */
export type Rhythm = {
  readonly usual: number;
  readonly next: number;
  /** How long the next run is late; 0: it is not. */
  readonly late: number;
};

const MIN_STARTS = 4;
const MIN_TOLERANCE_MS = 2 * MINUTE_MS;

/**
 * Finds the usual distance of runs: the median, so that one long pause changes nothing. A run is late half a distance after the
 * time at which it usually starts.
 * @param starts milliseconds, in order. @returns undefined if there are too few.
 */
export function findRhythm(starts: readonly number[], now: number): Rhythm | undefined {
  if (starts.length < MIN_STARTS) return undefined;
  const distances = starts.slice(1).map((start, nth) => start - starts[nth]!);
  const usual = distances.toSorted((a, b) => a - b)[Math.floor(distances.length / 2)]!;
  const next = starts.at(-1)! + usual;
  const overdue = now - next;
  return { usual, next, late: overdue > Math.max(MIN_TOLERANCE_MS, usual / 2) ? overdue : 0 };
}
