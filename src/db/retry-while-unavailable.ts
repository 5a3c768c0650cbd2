import { UnavailableError } from '../errors.ts';
import { backoff } from '../lib/backoff.ts';
import type { DatabaseTools } from './pool.ts';

/** A restart takes a server seconds, a failover a minute or two. */
const MAX_WAIT_MS = 120_000;

/**
 * Runs `work` again while the database can't be reached, for two minutes at most.
 * @throws what `work` threw last.
 */
export async function retryWhileUnavailable<T>(tools: DatabaseTools, work: () => Promise<T>): Promise<T> {
  const end = tools.clock.now() + MAX_WAIT_MS;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const ms = backoff(attempt, () => 1, 100, 5000);
      if (!(error instanceof UnavailableError) || tools.clock.now() + ms > end) throw error;
      tools.log.warn({ attempt, ms, err: error }, 'the database is away, trying again');
      await tools.clock.sleep(ms, tools.signal);
    }
  }
}
