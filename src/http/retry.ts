import {
  BlockedError,
  BusyError,
  InterceptedError,
  RateLimitedError,
  RetryableError,
  UnavailableError,
} from '../errors.ts';
import { backoff } from '../lib/backoff.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';

export type RetryOptions = {
  /** Tries after the first one; a 429 uses none of them. */
  readonly maxRetries: number;
  /** Milliseconds after which no further try is started; what `paused` counts is not part of them. */
  readonly deadline: number;
  /** Milliseconds that were spent waiting for the quota so far. */
  readonly paused: () => number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
};

/**
 * Retries `attempt` for as long as it throws RetryableError: exponential waits with full jitter, or what the server
 * asks for. Over quota (429) only the deadline counts: a minute's quota takes a minute to come back.
 * @param attempt gets its number, from 0, and the milliseconds that are left until the deadline.
 * @throws after the last try UnavailableError, or BusyError if the quota is spent, with the last failure as its cause;
 *   any other error at once.
 */
export async function retry<T>(
  options: RetryOptions,
  signal: AbortSignal,
  attempt: (number: number, left: number) => Promise<T>,
): Promise<T> {
  const { clock, log } = options;
  const elapsed = (): number => clock.now() - options.paused();
  const end = elapsed() + options.deadline;
  let failures = 0;
  for (let number = 0; ; number += 1) {
    try {
      return await attempt(number, end - elapsed());
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      const limited = error instanceof RateLimitedError;
      if (!limited) failures += 1;
      // 1, 2, 4, 8, 16, 32 s for a 429: jitter down to nothing would spend the quota as soon as it is back.
      const ms = Math.max(error.retryAfter ?? 0, backoff(number, limited ? () => 1 : options.random));
      if (failures > options.maxRetries || elapsed() + ms > end) throw gaveUpError(error, number + 1);
      log.warn({ attempt: number + 1, ms, err: error }, 'trying again');
      await clock.sleep(ms, signal);
    }
  }
}

function gaveUpError(error: RetryableError, tries: number): BusyError | UnavailableError {
  const Unavailable = error instanceof InterceptedError ? BlockedError : UnavailableError;
  const Kind = error instanceof RateLimitedError ? BusyError : Unavailable;
  return new Kind(`${error.message} (given up after ${tries} ${tries === 1 ? 'try' : 'tries'})`, {
    op: error.op,
    cause: error,
    hint: error.hint ?? 'the next run goes on from here',
  });
}
