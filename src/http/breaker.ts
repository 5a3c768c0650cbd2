import {
  ConfigError,
  CredentialsError,
  RateLimitedError,
  RetryableError,
  UnavailableError,
} from '../errors.ts';
import { MINUTE_MS } from '../lib/time.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';

export type BreakerOptions = {
  readonly clock: Clock;
  readonly log: Logger;
  /** It opens after this many failures in a row. */
  readonly maxFailures?: number;
  /** It stays open for this long. */
  readonly pauseMs?: number;
};

/** Runs one attempt of a request, unless the circuit stays open for longer than `maxWaitMs`. */
export type Breaker = <T>(signal: AbortSignal, attempt: () => Promise<T>, maxWaitMs?: number) => Promise<T>;

/**
 * Creates a circuit breaker around all requests of a process. After five failures in a row, of any requests, it opens:
 * nothing is sent for a minute. Then it lets one attempt through. An answer closes it. A failure opens it again and ends
 * the run, even if retries are left, because the API is down. An answer that refuses the request (400, 401, 404, 429) is
 * not a failure: the API works.
 * @returns a wrapper that throws UnavailableError if the attempt after the pause fails too, or if the pause is longer
 *   than the request may wait; otherwise what `attempt` throws.
 */
export function createBreaker({ clock, log, maxFailures = 5, pauseMs = MINUTE_MS }: BreakerOptions): Breaker {
  let failuresInRow = 0;
  let open: { readonly until: number; readonly error: RetryableError } | undefined;
  const close = (): void => {
    failuresInRow = 0;
    open = undefined;
  };
  return async (signal, attempt, maxWaitMs = Infinity) => {
    const isProbe = open !== undefined;
    if (open !== undefined) {
      const ms = Math.max(0, open.until - clock.now());
      if (ms > maxWaitMs) throw apiDownError(open.error, `${failuresInRow} failures in a row`);
      await clock.sleep(ms, signal);
    }
    try {
      const result = await attempt();
      close();
      return result;
    } catch (error) {
      if (isAnswer(error)) close();
      if (!(error instanceof RetryableError) || isAnswer(error)) throw error;
      failuresInRow += 1;
      if (failuresInRow < maxFailures) throw error;
      open = { until: clock.now() + pauseMs, error };
      log.warn({ failures: failuresInRow, ms: pauseMs }, 'the API is down: requests are paused');
      if (!isProbe) throw error;
      throw apiDownError(error, `${failuresInRow} failures in a row, one of them after a pause`);
    }
  };
}

/** Whether the API answered, although it refused the request. */
function isAnswer(error: unknown): boolean {
  return [RateLimitedError, ConfigError, CredentialsError].some((kind) => error instanceof kind);
}

function apiDownError(error: RetryableError, reason: string): UnavailableError {
  return new UnavailableError(`${error.message} (${reason})`, {
    op: error.op,
    code: error.code,
    cause: error,
    hint: error.hint ?? 'the API is down; the next run resumes from here',
  });
}
