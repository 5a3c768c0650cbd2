import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { withRetries, withDeadline } from '../../../src/notify/alert/retries.ts';
import { FatalError, InterruptedError, RetryableError } from '../../../src/errors.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';

const away = (retryAfter?: number): RetryableError => new RetryableError('away', { op: 'test', retryAfter });

/** Throws the listed errors, one per attempt, then returns `good`. */
function failing(...errors: readonly Error[]): { work: () => Promise<string>; count: () => number } {
  let count = 0;
  const work = async (): Promise<string> => {
    const error = errors[count];
    count += 1;
    if (error !== undefined) throw error;
    return 'good';
  };
  return { work, count: () => count };
}

function patience(signal = new AbortController().signal) {
  const clock = fakeClock();
  return { clock, random: () => 1, signal };
}

test('a temporary failure is tried three times, with growing waits', async () => {
  const [going, given] = [patience(), failing(away(), away(), away())];
  await expect(withRetries(given.work, going)).rejects.toThrow('away');
  expect(given.count()).toBe(3);
  expect(going.clock.sleeps).toEqual([500, 1000]);
});

test('success on the third attempt is success', async () => {
  await expect(withRetries(failing(away(), away()).work, patience())).resolves.toBe('good');
});

test('a permanent failure is not retried', async () => {
  const given = failing(new FatalError('no', { op: 'test' }));
  await expect(withRetries(given.work, patience())).rejects.toThrow('no');
  expect(given.count()).toBe(1);
});

test('the requested wait is used, unless it is too long for the end of a run', async () => {
  const short = patience();
  await withRetries(failing(away(2000)).work, short);
  expect(short.clock.sleeps).toEqual([2000]);
  const [long, given] = [patience(), failing(away(60_000))];
  await expect(withRetries(given.work, long)).rejects.toThrow('away');
  expect([given.count(), long.clock.sleeps]).toEqual([1, []]);
});

test('a stop ends the tries with the error of the last one', async () => {
  const stop = new AbortController();
  let count = 0;
  const work = async (): Promise<never> => {
    count += 1;
    stop.abort(new InterruptedError('SIGTERM'));
    throw away();
  };
  await expect(withRetries(work, patience(stop.signal))).rejects.toThrow('away');
  expect(count).toBe(1);
});

test('a stop during a wait ends it with the error of the last try', async () => {
  const stop = new AbortController();
  const clock = {
    now: () => 0,
    sleep: async () => {
      stop.abort(new InterruptedError('SIGTERM'));
      stop.signal.throwIfAborted();
    },
  };
  await expect(
    withRetries(failing(away()).work, { clock, random: () => 1, signal: stop.signal }),
  ).rejects.toThrow('away');
});

function ended(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve('ended'), { once: true }));
}

describe('withDeadline', () => {
  test('aborts after the time, even if the garbage collector runs meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const collecting = setInterval(collect, 10);
    expect(await withDeadline([new AbortController().signal], 200, ended)).toBe('ended');
    clearInterval(collecting);
  });

  test('each of its signals aborts it, even before the start', async () => {
    for (const which of [0, 1]) {
      const stops = [new AbortController(), new AbortController()];
      const signals = stops.map(({ signal }) => signal);
      const working = withDeadline(signals, 600_000, ended);
      stops[which]!.abort();
      expect(await working).toBe('ended');
      expect(await withDeadline(signals, 600_000, async ({ aborted }) => aborted)).toBe(true);
    }
  });

  test('returns the result of the work, or throws its error', async () => {
    expect(await withDeadline([], 600_000, async () => 'good')).toBe('good');
    await expect(withDeadline([], 600_000, () => Promise.reject(away()))).rejects.toThrow('away');
  });
});
