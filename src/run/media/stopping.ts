import type { Clock } from '../../model/clock.ts';

/** When a download ends. */
export type Stopping = {
  /** Whether no further file may start. */
  isDue(): boolean;
  /** Aborted some time later: the files in hand are given up. */
  readonly signal: AbortSignal;
  /** Ends the timers. */
  end(): void;
};

/** The files in hand have this long to arrive. */
const GRACE_MS = 10_000;

/**
 * Ends a download at a stop signal, or after some time: first no further file starts, then those in hand are given up. They may be
 * waiting for the quota, or be videos.
 */
export function createStopping(clock: Clock, stop: AbortSignal, maxMs: number | undefined): Stopping {
  const hard = new AbortController();
  const ended = new AbortController();
  const endsAt = maxMs === undefined ? Infinity : clock.now() + maxMs;
  const abortAfter = (ms: number): void => {
    clock.sleep(ms, ended.signal).then(
      () => hard.abort(),
      () => undefined,
    );
  };
  const onStop = (): void => abortAfter(GRACE_MS);
  if (stop.aborted) onStop();
  else stop.addEventListener('abort', onStop, { once: true, signal: ended.signal });
  if (maxMs !== undefined) abortAfter(maxMs + GRACE_MS);
  return {
    isDue: () => stop.aborted || clock.now() >= endsAt,
    signal: hard.signal,
    end: () => ended.abort(),
  };
}
