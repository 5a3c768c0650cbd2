import { setMaxListeners } from 'node:events';
import { RetryableError } from '../../errors.ts';
import { backoff } from '../../lib/backoff.ts';
import type { Clock } from '../../model/clock.ts';

/** The tools of a delivery; `signal` aborts all its attempts. */
export type RetryContext = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
};

/**
 * Maximum milliseconds by which notifications delay the end of a run. Mail servers make a client wait up to six seconds for
 * their greeting: https://www.postfix.org/POSTSCREEN_README.html.
 */
export const LIMIT_MS = 10_000;

const MAX_TRIES = 3;
/** If a receiver asks for a longer wait, the next run tries again. */
const MAX_WAIT_MS = 3000;

/**
 * Retries after a RetryableError.
 * @throws the error of the last attempt.
 */
export async function withRetries<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { clock, random, signal }: RetryContext,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(signal);
    } catch (error) {
      const canRetry = error instanceof RetryableError && attempt < MAX_TRIES;
      if (!canRetry) throw error;
      const ms = error.retryAfter ?? backoff(attempt, random, 250, 1000);
      if (ms > MAX_WAIT_MS) throw error;
      await clock.sleep(ms, signal).catch(() => {
        throw error;
      });
    }
  }
}

/**
 * Runs `work` with a signal that is aborted by any of `signals`, or after `ms`. Without AbortSignal.any and a timeout: in Node 20
 * the garbage collector removes a timeout that nothing else references, and the abort never happens.
 */
export async function withDeadline<T>(
  signals: readonly AbortSignal[],
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  // Each delivery of a run adds a listener.
  setMaxListeners(0, controller.signal);
  const stop = (): void => controller.abort();
  if (signals.some(({ aborted }) => aborted)) stop();
  const timer = setTimeout(stop, ms);
  signals.forEach((signal) => signal.addEventListener('abort', stop));
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    signals.forEach((signal) => signal.removeEventListener('abort', stop));
  }
}
