import { prefetch } from '../lib/prefetch.ts';

/**
 * What a source gives, one item fetched ahead. Where the consumer stops early, for an error or because it has enough, the
 * request under way is given up rather than waited for: it may be waiting for the quota.
 */
export async function* ahead<T>(
  signal: AbortSignal,
  open: (signal: AbortSignal) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const own = new AbortController();
  yield* prefetch(open(AbortSignal.any([signal, own.signal])), () => own.abort());
}
