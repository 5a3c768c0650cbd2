import { RateLimitedError, RetryableError, UnavailableError } from '../../errors.ts';
import type { Clock, Logger } from '../../model.ts';

export type BreakerOptions = {
  readonly clock: Clock;
  readonly log: Logger;
  /** Failures in a row that open it. */
  readonly failures?: number;
  /** Milliseconds that it stays open. */
  readonly pause?: number;
};

/** Runs one attempt of a request, where the circuit lets it through. */
export type Breaker = <T>(signal: AbortSignal, attempt: () => Promise<T>) => Promise<T>;

/**
 * A circuit breaker around all requests of a process. After five failures in a row, of whatever requests, it opens: for
 * a minute nothing is sent. Then it lets one attempt through: an answer closes it, a failure opens it again and ends the
 * run, whatever tries were left, as the API is plainly down. A 429 is no failure: the API works, and says so.
 * @returns a wrapper that throws UnavailableError where the attempt after the pause failed too; else what `attempt` throws.
 */
export function breaker({ clock, log, failures = 5, pause = 60_000 }: BreakerOptions): Breaker {
  let inRow = 0;
  let openUntil: number | undefined;
  return async (signal, attempt) => {
    const isProbe = openUntil !== undefined;
    if (openUntil !== undefined) await clock.sleep(Math.max(0, openUntil - clock.now()), signal);
    try {
      const result = await attempt();
      inRow = 0;
      openUntil = undefined;
      return result;
    } catch (error) {
      if (!(error instanceof RetryableError) || error instanceof RateLimitedError) throw error;
      inRow += 1;
      if (inRow < failures) throw error;
      openUntil = clock.now() + pause;
      log.warn({ failures: inRow, ms: pause }, 'the API is down: nothing is sent for a while');
      if (!isProbe) throw error;
      throw new UnavailableError(`${error.message} (${inRow} failures in a row, one of them after a pause)`, {
        op: error.op,
        cause: error,
        hint: error.hint ?? 'the API is plainly down; the next run goes on from here',
      });
    }
  };
}
