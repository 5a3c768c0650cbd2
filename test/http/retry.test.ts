import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BusyError,
  ConfigError,
  InterruptedError,
  RateLimitedError,
  RetryableError,
  UnavailableError,
} from '../../src/errors.ts';
import { retry, type RetryOptions } from '../../src/http/retry.ts';
import type { Logger } from '../../src/model/log.ts';
import { type FakeClock, fakeClock } from '../helpers/fake-clock.ts';

const NEVER = new AbortController().signal;
const lost = (retryAfter?: number): RetryableError =>
  new RetryableError('lost', { op: 'GET /x', code: 'no-connection', retryAfter });
const limited = (retryAfter?: number): RateLimitedError =>
  new RateLimitedError('429', { op: 'GET /x', retryAfter });

function setUp(more: Partial<RetryOptions> = {}): {
  options: RetryOptions;
  clock: FakeClock;
  warned: object[];
} {
  const clock = fakeClock();
  const warned: object[] = [];
  const log: Logger = {
    debug: () => {},
    info: () => {},
    warn: (data) => void warned.push(data),
    error: () => {},
  };
  return {
    options: { maxRetries: 5, deadline: 600_000, paused: () => 0, clock, random: () => 1, log, ...more },
    clock,
    warned,
  };
}

/** Fails with each of these in turn, then gives `done`. */
function failing(...errors: readonly unknown[]): (number: number) => Promise<string> {
  return async (number) => {
    if (number < errors.length) throw errors[number];
    return `done at ${number}`;
  };
}

describe('retry', () => {
  test('promise 13: a temporary failure is retried, with waits that double', async () => {
    const { options, clock, warned } = setUp();
    expect(await retry(options, NEVER, failing(lost(), lost(), lost()))).toBe('done at 3');
    expect(clock.sleeps).toEqual([1000, 2000, 4000]);
    expect(warned).toMatchObject([{ attempt: 1, ms: 1000 }, { attempt: 2 }, { attempt: 3 }]);
  });

  test('promise 13: an immediate success does not wait', async () => {
    const { options, clock } = setUp();
    expect(await retry(options, NEVER, failing())).toBe('done at 0');
    expect(clock.sleeps).toEqual([]);
  });

  test('promise 13: after the last try the error is UnavailableError, with the last failure as the cause', async () => {
    const { options, clock } = setUp({ maxRetries: 2 });
    const last = lost();
    const error: unknown = await retry(options, NEVER, failing(lost(), lost(), last, lost())).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).toMatchObject({
      message: 'lost (given up after 3 tries)',
      op: 'GET /x',
      code: 'no-connection',
      cause: last,
      exitCode: 69,
    });
    expect(clock.sleeps).toHaveLength(2);
  });

  test('promise 13: without retries there is one try', async () => {
    const { options, clock } = setUp({ maxRetries: 0 });
    await expect(retry(options, NEVER, failing(lost()))).rejects.toThrow('lost (given up after 1 try)');
    expect(clock.sleeps).toEqual([]);
  });

  test.each([
    new ConfigError('400', { op: 'x' }),
    new BusyError('spent', { op: 'x' }),
    new TypeError('a mistake of ours'),
  ])('promise 13: $name is final immediately', async (error) => {
    const { options, clock } = setUp();
    await expect(retry(options, NEVER, failing(error))).rejects.toBe(error);
    expect(clock.sleeps).toEqual([]);
  });

  test('promise 13: waits for the server’s Retry-After', async () => {
    const { options, clock } = setUp();
    await retry(options, NEVER, failing(lost(7000), limited(33_000), lost()));
    expect(clock.sleeps).toEqual([7000, 33_000, 4000]);
  });

  test('promise 11: a storm of 429 that lasts longer than a minute is survived, and uses up no tries', async () => {
    const { options, clock } = setUp({ maxRetries: 0, random: () => 0 });
    const over = clock.now() + 90_000;
    const result = await retry(options, NEVER, async (number) => {
      if (clock.now() < over) throw limited();
      return number;
    });
    expect(result).toBe(7);
    // Trestle's own advice: no jitter down to nothing.
    expect(clock.sleeps).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 32_000]);
  });

  test('promise 11: a quota that is still spent at the deadline is busy, not broken', async () => {
    const { options, clock } = setUp();
    const start = clock.now();
    const error: unknown = await retry(options, NEVER, () => Promise.reject(limited())).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(BusyError);
    expect(error).toMatchObject({ exitCode: 75 });
    expect(clock.now() - start).toBeLessThanOrEqual(600_000);
    expect(clock.now() - start).toBeGreaterThan(500_000);
  });

  test('promise 13: no try starts after the deadline', async () => {
    const { options, clock } = setUp({ deadline: 10_000 });
    await expect(retry(options, NEVER, failing(limited(10_001)))).rejects.toBeInstanceOf(BusyError);
    expect(clock.sleeps).toEqual([]);
    await expect(retry(options, NEVER, failing(limited(10_000)))).resolves.toBe('done at 1');
  });

  test('promise 11: waits for the quota do not count toward the deadline', async () => {
    let paused = 0;
    const { options, clock } = setUp({ deadline: 10_000, paused: () => paused });
    const result = await retry(options, NEVER, async (number) => {
      clock.pass(3_600_000);
      paused += 3_600_000;
      if (number < 2) throw lost();
      return 'done';
    });
    expect(result).toBe('done');
    await expect(
      retry(options, NEVER, () => {
        clock.pass(9001);
        return Promise.reject(lost());
      }),
    ).rejects.toBeInstanceOf(UnavailableError);
    expect(clock.sleeps).toEqual([1000, 2000]);
  });

  test('promise 17: a stop ends the wait with its own reason', async () => {
    const { options } = setUp();
    const stop = new AbortController();
    const reason = new InterruptedError('SIGTERM');
    const result = retry(options, stop.signal, () => {
      stop.abort(reason);
      return Promise.reject(lost());
    });
    await expect(result).rejects.toBe(reason);
  });

  test('promise 13: any sequence of failures: bounded tries, bounded waits, bounded time', async () => {
    const failure = fc.oneof(
      fc.constant('lost' as const),
      fc.constant('limited' as const),
      fc.integer({ min: 1, max: 200_000 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(failure, { maxLength: 60 }),
        fc.nat(8),
        fc.integer({ min: 0, max: 400_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (kinds, maxRetries, deadline, random) => {
          const { options, clock } = setUp({ maxRetries, deadline, random: () => random });
          const start = clock.now();
          let tries = 0;
          const errors = kinds.map((kind) =>
            kind === 'lost' ? lost() : limited(kind === 'limited' ? undefined : kind),
          );
          await retry(options, NEVER, (number) => {
            tries += 1;
            return failing(...errors)(number);
          }).catch((error: unknown) => {
            expect(error instanceof UnavailableError || error instanceof BusyError).toBe(true);
          });
          expect(clock.now() - start).toBeLessThanOrEqual(deadline);
          const failures = kinds.slice(0, tries).filter((kind) => kind === 'lost').length;
          expect(failures).toBeLessThanOrEqual(maxRetries + 1);
          clock.sleeps.forEach((ms, index) => {
            const kind = kinds[index];
            const most = Math.min(32_000, 1000 * 2 ** index);
            // What the server asks for, but never less than what would be waited anyway.
            if (typeof kind === 'number') expect(ms).toBe(Math.max(kind, most));
            else expect(ms).toBeLessThanOrEqual(most);
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  test('promise 11: a 429 with Retry-After: 0 is not retried without a wait', async () => {
    const { options, clock } = setUp();
    let tries = 0;
    await retry(options, NEVER, async () => {
      tries += 1;
      // Without the fix, time does not advance between the tries: the test has to end them.
      if (tries > 100) return;
      throw limited(0);
    }).catch(() => undefined);
    expect(tries).toBeLessThan(100);
    expect(clock.sleeps.every((ms) => ms > 0)).toBe(true);
  });
});
