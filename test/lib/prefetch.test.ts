import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prefetch } from '../../src/lib/prefetch.ts';

type Watched = { asked: number; closed: boolean };

/** Yields the numbers from 1 to `count`, then fails if configured to; counts requests. */
async function* numbers(count: number, watched: Watched, failure?: unknown): AsyncGenerator<number> {
  try {
    for (let n = 1; n <= count; n += 1) {
      watched.asked = n;
      await setImmediate();
      yield n;
    }
    watched.asked = count + 1;
    if (failure !== undefined) throw failure;
  } finally {
    watched.closed = true;
  }
}

const watch = (): Watched => ({ asked: 0, closed: false });

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();
}

describe('prefetch', () => {
  test('yields every item, in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(20), async (count) => {
        const watched = watch();
        expect(await all(prefetch(numbers(count, watched)))).toEqual(
          Array.from({ length: count }, (_, index) => index + 1),
        );
        expect(watched.closed).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('promise 22: holds at most two items: the current one and the next', async () => {
    const watched = watch();
    const ahead: number[] = [];
    for await (const item of prefetch(numbers(6, watched))) {
      await settled();
      ahead.push(watched.asked - item);
    }
    expect(ahead).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('an error of the source arrives after the items before it', async () => {
    const watched = watch();
    const failure = new Error('the third page is lost');
    const seen: number[] = [];
    const reading = (async () => {
      for await (const item of prefetch(numbers(2, watched, failure))) {
        await settled();
        seen.push(item);
      }
    })();
    await expect(reading).rejects.toBe(failure);
    expect(seen).toEqual([1, 2]);
  });

  test('a source that fails without a reason still fails', async () => {
    const source: AsyncIterable<number> = {
      // oxlint-disable-next-line prefer-promise-reject-errors
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(undefined) }),
    };
    await expect(all(prefetch(source))).rejects.toThrow('without a reason');
  });

  test('the source is closed when the consumer stops', async () => {
    const watched = watch();
    for await (const item of prefetch(numbers(10, watched))) if (item === 3) break;
    expect(watched).toEqual({ asked: 4, closed: true });
  });

  test('when the consumer fails, the source is closed and the consumer’s error is thrown', async () => {
    const watched = watch();
    const reading = (async () => {
      for await (const item of prefetch(numbers(10, watched))) throw new Error(`can't use ${item}`);
    })();
    await expect(reading).rejects.toThrow("can't use 1");
    expect(watched.closed).toBe(true);
  });

  test('an error that is pending when the consumer stops is handled', async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listen);
    for await (const _ of prefetch(numbers(1, watch(), new Error('too late')))) break;
    await settled();
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
  });

  test('if memory is low, fetches an item only after the previous one is done', async () => {
    const watched = watch();
    const seen: number[] = [];
    for await (const n of prefetch(numbers(3, watched), undefined, () => true)) {
      await settled();
      expect(watched.asked).toBe(n);
      seen.push(n);
    }
    expect(seen).toEqual([1, 2, 3]);
    const stopped = watch();
    for await (const _ of prefetch(numbers(3, stopped), undefined, () => true)) break;
    expect(stopped).toEqual({ asked: 1, closed: true });
  });
});
