import { UnavailableError } from '../errors.ts';
import { backoff } from '../lib/backoff.ts';
import type { DatabaseTools } from './pool.ts';

/** A server restart takes seconds, a failover a minute or two. */
const MAX_WAIT_MS = 120_000;

/**
 * Retries `work` while the database is unavailable, for at most two minutes.
 * @throws the last error of `work`.
 */
export async function retryWhileUnavailable<T>(tools: DatabaseTools, work: () => Promise<T>): Promise<T> {
  const end = tools.clock.now() + MAX_WAIT_MS;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const ms = backoff(attempt, () => 1, 100, 5000);
      if (!(error instanceof UnavailableError) || tools.clock.now() + ms > end) throw error;
      tools.log.warn({ attempt, ms, err: error }, 'the database is unavailable, retrying');
      await tools.clock.sleep(ms, tools.signal);
    }
  }
}
