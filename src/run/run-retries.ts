import { EtlError, RetryableError, TransactionRetryError, UnavailableError } from '../errors.ts';
import { backoff } from '../lib/backoff.ts';
import { formatDuration } from '../lib/duration.ts';
import type { Source } from '../sources/source.ts';
import type { RunTools } from './active-run.ts';

/**
 * Does a whole run again where it ended for what can pass: API or database unavailable after all their own retries.
 * Each time is a run of its own, with its own row; it goes on where the last one committed.
 * @param retries runs after the first one.
 * @throws what the last run threw; at once whatever will not pass, and where the signal says stop.
 */
export async function withRunRetries<T>(
  tools: RunTools,
  retries: number,
  work: (tools: RunTools) => Promise<T>,
): Promise<T> {
  const { clock, random, log, signal, progress } = tools;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work(attempt === 0 ? tools : { ...tools, source: withOwnRequestCount(tools.source) });
    } catch (error) {
      if (attempt >= retries || !isTransient(error)) throw error;
      const ms = backoff(attempt, random, 60_000, 900_000);
      log.main.warn({ attempt: attempt + 1, ms, err: error }, 'the run failed, doing it again');
      progress.report(`${error.message}; trying the whole run again in ${formatDuration(ms)}`);
      await clock.sleep(ms, signal);
    }
  }
}

/** A run's row counts the calls of that run. */
function withOwnRequestCount(source: Source): Source {
  const before = source.requests();
  return { ...source, requests: () => source.requests() - before };
}

function isTransient(error: unknown): error is EtlError {
  return (
    error instanceof UnavailableError ||
    error instanceof RetryableError ||
    error instanceof TransactionRetryError
  );
}
