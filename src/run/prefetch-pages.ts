import { prefetch } from '../lib/prefetch.ts';
import type { RunTools } from './active-run.ts';
import { isMemoryLow } from './capacity.ts';

/**
 * What a source gives, one item fetched ahead. Where the consumer stops early, for an error or because it has enough, the
 * request under way is given up rather than waited for: it may be waiting for the quota. Nothing is fetched ahead while
 * memory is short.
 */
export async function* prefetchPages<T>(
  tools: RunTools,
  open: (signal: AbortSignal) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const own = new AbortController();
  yield* prefetch(
    open(AbortSignal.any([tools.signal, own.signal])),
    () => own.abort(),
    () => isMemoryLow(tools),
  );
}
