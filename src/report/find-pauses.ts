import { HOUR_MS } from '../lib/time.ts';
import type { ItemState } from '../record/item-checkpoint.ts';

/** Milliseconds between the start of a run and the next one that `sync` starts. */
export type Pauses = { readonly afterCompleted: number; readonly afterFailed: number };

/**
 * Finds how long `sync` leaves a source alone: as long as the user and the server want, not at all after a run that did not reach
 * the end of the source, and an hour at most after a failure.
 * @param every of sources.yaml, in milliseconds.
 */
export function findPauses(
  every: number,
  state: Pick<ItemState, 'isUnfinished' | 'minPause'> | undefined,
): Pauses {
  const { isUnfinished = false, minPause = 0 } = state ?? {};
  return {
    afterCompleted: isUnfinished ? 0 : Math.max(every, minPause),
    afterFailed: Math.min(every, HOUR_MS),
  };
}
