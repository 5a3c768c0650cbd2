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
  /** Tries after the first one; a 429 does not count. */
  readonly maxRetries: number;
  /** Milliseconds after which no further try starts; the time in `paused` does not count. */
  readonly deadline: number;
  /** Milliseconds spent waiting for the quota so far. */
  readonly paused: () => number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
};

/**
 * Retries `attempt` while it throws RetryableError. Waits exponentially longer with full jitter, and at least as long as
 * the server asks for. Over quota (429) only the deadline counts: a minute's quota takes a minute to come back.
 * @param attempt receives its number, from 0, and the milliseconds left until the deadline.
 * @throws after the last try UnavailableError, or BusyError if the quota is spent, with the last failure as its cause;
 *   any other error immediately.
 */
export async function retry<T>(
  options: RetryOptions,
  signal: AbortSignal,
  attempt: (number: number, left: number) => Promise<T>,
): Promise<T> {
  const { clock, log } = options;
  const elapsed = (): number => clock.now() - options.paused();
  const deadline = elapsed() + options.deadline;
  let failures = 0;
  for (let number = 0; ; number += 1) {
    try {
      return await attempt(number, deadline - elapsed());
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      const isRateLimited = error instanceof RateLimitedError;
      if (!isRateLimited) failures += 1;
      // 1, 2, 4, 8, 16, 32 s for a 429: with jitter down to zero, retries would use up the quota as soon as it is back.
      const ms = Math.max(error.retryAfter ?? 0, backoff(number, isRateLimited ? () => 1 : options.random));
      if (failures > options.maxRetries || elapsed() + ms > deadline) throw finalError(error, number + 1);
      log.warn({ attempt: number + 1, ms, err: error }, 'retrying');
      await clock.sleep(ms, signal);
    }
  }
}

function finalError(error: RetryableError, tries: number): BusyError | UnavailableError {
  const Unavailable = error instanceof InterceptedError ? BlockedError : UnavailableError;
  const Kind = error instanceof RateLimitedError ? BusyError : Unavailable;
  return new Kind(`${error.message} (given up after ${tries} ${tries === 1 ? 'try' : 'tries'})`, {
    op: error.op,
    code: error.code,
    cause: error,
    hint: error.hint ?? 'the next run resumes from here',
  });
}
