import { prefetch } from '../lib/prefetch.ts';
import type { RunTools } from './active-run.ts';
import { isMemoryLow } from './capacity.ts';

/**
 * Yields the items of a source and fetches one item ahead. If the consumer stops early, the pending request is aborted
 * instead of awaited, because it may be waiting for the quota. Nothing is fetched ahead while memory is low.
 */
export async function* prefetchPages<T>(
  tools: RunTools,
  open: (signal: AbortSignal) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const stop = new AbortController();
  yield* prefetch(
    open(AbortSignal.any([tools.signal, stop.signal])),
    () => stop.abort(),
    () => isMemoryLow(tools),
  );
}
