import { beforeEach, describe, expect, test } from 'vitest';
import { retryWhileUnavailable } from '../../src/db/retry-while-unavailable.ts';
import type { DatabaseTools } from '../../src/db/pool.ts';
import { ConfigError, InterruptedError, UnavailableError } from '../../src/errors.ts';
import { type FakeClock, fakeClock } from '../helpers/fake-clock.ts';

const away = new UnavailableError('gone', { op: 'test' });

const none = (): void => undefined;

let clock: FakeClock;
let warned: number;
let stop: AbortController;
let tools: DatabaseTools;

beforeEach(() => {
  clock = fakeClock();
  warned = 0;
  stop = new AbortController();
  const warn = (): void => void (warned += 1);
  tools = {
    clock,
    random: () => 1,
    log: { debug: none, info: none, warn, error: none },
    signal: stop.signal,
  };
});

/** Fails so many times, then answers with how often it was asked. */
function after(failures: number): () => Promise<number> {
  let asked = 0;
  return async () => {
    asked += 1;
    if (asked <= failures) throw away;
    return asked;
  };
}

describe('retryWhileUnavailable', () => {
  test('retries at growing intervals while the database is unavailable', async () => {
    expect(await retryWhileUnavailable(tools, after(8))).toBe(9);
    expect(clock.sleeps).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    expect(warned).toBe(8);
  });

  test('fails after two minutes, with the last error', async () => {
    const start = clock.now();
    await expect(retryWhileUnavailable(tools, after(Infinity))).rejects.toBe(away);
    expect(clock.now() - start).toBeGreaterThan(114_000);
    expect(clock.now() - start).toBeLessThanOrEqual(120_000);
  });

  test('does not retry an error that the user must fix', async () => {
    const wrong = new ConfigError('no such table', { op: 'test' });
    await expect(retryWhileUnavailable(tools, () => Promise.reject(wrong))).rejects.toBe(wrong);
    expect(clock.sleeps).toEqual([]);
  });

  test('promise 17: a signal ends the wait', async () => {
    const interrupted = new InterruptedError('SIGTERM');
    const work = async (): Promise<never> => {
      stop.abort(interrupted);
      throw away;
    };
    await expect(retryWhileUnavailable(tools, work)).rejects.toBe(interrupted);
  });
});
