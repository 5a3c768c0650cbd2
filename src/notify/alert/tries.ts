import { setMaxListeners } from 'node:events';
import { RetryableError } from '../../errors.ts';
import { backoff } from '../../lib/backoff.ts';
import type { Clock } from '../../model/clock.ts';

/** What a delivery goes by; `signal` ends all its tries. */
export type Patience = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
};

/**
 * Milliseconds for all that a run has to tell: it ends at most so much later. Mail servers let a client wait for six
 * seconds before they greet it: https://www.postfix.org/POSTSCREEN_README.html.
 */
export const LIMIT = 10_000;

const TRIES = 3;
/** A receiver that asks for more is asked again by the next run. */
const LONGEST_WAIT = 3000;

/**
 * Tries again what can pass.
 * @throws the error of the last try.
 */
export async function tried<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { clock, random, signal }: Patience,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(signal);
    } catch (error) {
      const canPass = error instanceof RetryableError && attempt < TRIES;
      if (!canPass) throw error;
      const ms = error.retryAfter ?? backoff(attempt, random, 250, 1000);
      if (ms > LONGEST_WAIT) throw error;
      await clock.sleep(ms, signal).catch(() => {
        throw error;
      });
    }
  }
}

/**
 * Does work with a signal that is aborted by any of these, or after `ms`. Not by AbortSignal.any of a timeout: with
 * Node 20 the garbage collector takes a timeout away that nothing else holds, and the end never comes.
 */
export async function within<T>(
  signals: readonly AbortSignal[],
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  // Each delivery of a run listens to it.
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
