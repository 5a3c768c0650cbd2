/**
 * Fetches the next item while the consumer works on the current one. Holds two items at most.
 * An error of the source reaches the consumer after the items before it.
 * @param onEnd called when the consumer stops early: the fetch in progress is no longer needed.
 * @param isMemoryLow whether memory is too low for a second item: the next fetch then waits until the consumer is done.
 */
export async function* prefetch<T>(
  source: AsyncIterable<T>,
  onEnd: () => void = () => undefined,
  isMemoryLow: () => boolean = () => false,
): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let next: Promise<FetchedItem<T>> | undefined = fetchItem(iterator);
  try {
    for (;;) {
      const { item, error }: FetchedItem<T> = await (next ?? fetchItem(iterator));
      if (error !== undefined) throw error;
      if (item === undefined || item.done === true) return;
      next = isMemoryLow() ? undefined : fetchItem(iterator);
      yield item.value;
    }
  } finally {
    onEnd();
    await next;
    await iterator.return?.();
  }
}

type FetchedItem<T> = { item?: IteratorResult<T>; error?: unknown };

/** Never rejects: a rejection before the first await would end the process. */
async function fetchItem<T>(iterator: AsyncIterator<T>): Promise<FetchedItem<T>> {
  try {
    return { item: await iterator.next() };
  } catch (error) {
    return { error: error ?? new Error('the source failed without a reason') };
  }
}
