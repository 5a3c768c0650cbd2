/**
 * Asks for the next item while the consumer works on this one: two items are held at most.
 * An error of the source reaches the consumer after the items before it.
 * @param giveUp called when the consumer stops early: what is being fetched then is not wanted any more.
 * @param isTight whether there is no room for a second item now: the next one is asked for when this one is done with.
 */
export async function* prefetch<T>(
  source: AsyncIterable<T>,
  giveUp: () => void = () => undefined,
  isTight: () => boolean = () => false,
): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let next: Promise<Taken<T>> | undefined = take(iterator);
  try {
    for (;;) {
      const { item, error }: Taken<T> = await (next ?? take(iterator));
      if (error !== undefined) throw error;
      if (item === undefined || item.done === true) return;
      next = isTight() ? undefined : take(iterator);
      yield item.value;
    }
  } finally {
    giveUp();
    await next;
    await iterator.return?.();
  }
}

type Taken<T> = { item?: IteratorResult<T>; error?: unknown };

/** Never rejects: a rejection that nobody awaits yet would end the process. */
async function take<T>(iterator: AsyncIterator<T>): Promise<Taken<T>> {
  try {
    return { item: await iterator.next() };
  } catch (error) {
    return { error: error ?? new Error('the source failed without a reason') };
  }
}
