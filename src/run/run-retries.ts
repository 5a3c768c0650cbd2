import { EtlError, RetryableError, TransactionRetryError, UnavailableError } from '../errors.ts';
import { backoff } from '../lib/backoff.ts';
import { formatDuration } from '../lib/duration.ts';
import type { Source } from '../sources/source.ts';
import type { RunTools } from './active-run.ts';

/**
 * Retries a whole run that failed with a transient error: the API or database was unavailable after all of their retries.
 * Each retry is a separate run with its own row, and resumes from the last commit.
 * @param retries runs after the first one.
 * @throws the error of the last run. Other errors are thrown immediately, and so is the signal's reason.
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
      log.main.warn({ attempt: attempt + 1, ms, err: error }, 'the run failed; retrying');
      progress.report(`${error.message}; retrying the whole run in ${formatDuration(ms)}`);
      await clock.sleep(ms, signal);
    }
  }
}

/** A source whose count starts at zero, because a run's row counts only the calls of that run. */
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
