import {
  ConfigError,
  CredentialsError,
  RateLimitedError,
  RetryableError,
  UnavailableError,
} from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';

export type BreakerOptions = {
  readonly clock: Clock;
  readonly log: Logger;
  /** Failures in a row that open it. */
  readonly failures?: number;
  /** Milliseconds that it stays open. */
  readonly pause?: number;
};

/** Runs one attempt of a request, if the circuit lets it through within `patience` milliseconds. */
export type Breaker = <T>(signal: AbortSignal, attempt: () => Promise<T>, patience?: number) => Promise<T>;

/**
 * A circuit breaker around all requests of a process. After five failures in a row, of any requests, it opens: nothing
 * is sent for a minute. Then it lets one attempt through: an answer closes it, a failure opens it again and ends the
 * run, whatever tries were left, because the API is plainly down. An answer that refuses what was asked (400, 401, 404,
 * 429) is no failure: the API works.
 * @returns a wrapper that throws UnavailableError if the attempt after the pause failed too, or if the pause is longer
 *   than the request may wait; else what `attempt` throws.
 */
export function breaker({ clock, log, failures = 5, pause = 60_000 }: BreakerOptions): Breaker {
  let inRow = 0;
  let open: { readonly until: number; readonly error: RetryableError } | undefined;
  const close = (): void => {
    inRow = 0;
    open = undefined;
  };
  return async (signal, attempt, patience = Infinity) => {
    const isProbe = open !== undefined;
    if (open !== undefined) {
      const ms = Math.max(0, open.until - clock.now());
      if (ms > patience) throw downError(open.error, `${inRow} failures in a row`);
      await clock.sleep(ms, signal);
    }
    try {
      const result = await attempt();
      close();
      return result;
    } catch (error) {
      if (isAnswer(error)) close();
      if (!(error instanceof RetryableError) || isAnswer(error)) throw error;
      inRow += 1;
      if (inRow < failures) throw error;
      open = { until: clock.now() + pause, error };
      log.warn({ failures: inRow, ms: pause }, 'the API is down: nothing is sent for a while');
      if (!isProbe) throw error;
      throw downError(error, `${inRow} failures in a row, one of them after a pause`);
    }
  };
}

/** Whether the API answered, though not with what was asked for. */
function isAnswer(error: unknown): boolean {
  return [RateLimitedError, ConfigError, CredentialsError].some((kind) => error instanceof kind);
}

function downError(error: RetryableError, reason: string): UnavailableError {
  return new UnavailableError(`${error.message} (${reason})`, {
    op: error.op,
    cause: error,
    hint: error.hint ?? 'the API is plainly down; the next run goes on from here',
  });
}
