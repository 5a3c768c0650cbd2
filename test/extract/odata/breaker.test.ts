import { describe, expect, test } from 'vitest';
import { ConfigError, RateLimitedError, RetryableError, UnavailableError } from '../../../src/errors.ts';
import { breaker } from '../../../src/extract/odata/breaker.ts';
import { createClient } from '../../../src/extract/odata/client.ts';
import { type FakeClock, fakeClock } from '../../helpers/fake-clock.ts';
import { sandboxFor, temporaryFolder } from '../../helpers/pipeline.ts';

const NEVER = new AbortController().signal;
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const lost = (): never => {
  throw new RetryableError('lost', { op: 'GET /x' });
};

function setUp(): { clock: FakeClock; send: (attempt: () => unknown) => Promise<unknown> } {
  const clock = fakeClock();
  const guarded = breaker({ clock, log: quiet });
  return { clock, send: (attempt) => guarded(NEVER, async () => attempt()) };
}

async function fail(send: (attempt: () => unknown) => Promise<unknown>, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await expect(send(lost)).rejects.toThrow(RetryableError);
}

describe('the circuit breaker', () => {
  test('promise 13: four failures in a row hold nothing up', async () => {
    const { clock, send } = setUp();
    await fail(send, 4);
    expect(await send(() => 'answer')).toBe('answer');
    await fail(send, 4);
    await send(() => 'answer');
    expect(clock.sleeps).toEqual([]);
  });

  test('promise 13: after five, nothing is sent for a minute; an answer then closes it', async () => {
    const { clock, send } = setUp();
    await fail(send, 5);
    clock.pass(20_000);
    expect(await send(() => clock.now())).toBe(clock.now());
    expect(clock.sleeps).toEqual([40_000]);
    await fail(send, 4);
    await send(() => 'answer');
    expect(clock.sleeps).toEqual([40_000]);
  });

  test('promise 13: a failure after the pause is final, and the next attempt waits a minute again', async () => {
    const { clock, send } = setUp();
    await fail(send, 5);
    await expect(send(lost)).rejects.toThrow(UnavailableError);
    await expect(send(lost)).rejects.toThrow(/7 failures in a row/);
    expect(await send(() => 'answer')).toBe('answer');
    expect(clock.sleeps).toEqual([60_000, 60_000, 60_000]);
  });

  test('a 429 and an error of ours are no failures of the API', async () => {
    const { clock, send } = setUp();
    for (const error of [new RateLimitedError('429', { op: 'x' }), new ConfigError('400', { op: 'x' })]) {
      for (let time = 0; time < 6; time += 1) {
        await expect(
          send(() => {
            throw error;
          }),
        ).rejects.toBe(error);
      }
    }
    expect(clock.sleeps).toEqual([]);
  });

  test('promise 13: a run over an API that is down sends six requests, whatever MAX_RETRIES is', async () => {
    const sandbox = await sandboxFor({ listings: 1 });
    sandbox.faults.add({ kind: 'status', status: 503, count: Infinity, resource: 'Property' });
    const folder = temporaryFolder();
    const clock = fakeClock(Date.now());
    const client = createClient({
      tokenUrl: sandbox.tokenUrl,
      clientId: sandbox.clientId,
      clientSecret: sandbox.clientSecret,
      timeout: 10_000,
      maxRetries: 20,
      deadline: 3_600_000,
      reservePercent: 0,
      maxWait: 60_000,
      minute: 60_000,
      tokenFile: `${folder}/token.json`,
      quotaFile: `${folder}/quota.json`,
      clock,
      random: () => 0.01,
      log: { main: quiet, api: quiet, quality: quiet, database: quiet },
      onToken: () => undefined,
    });
    await expect(client.get(`${sandbox.url}/Property?$top=1`, NEVER)).rejects.toThrow(
      /503.*6 failures in a row/,
    );
    expect(sandbox.requests.filter((request) => request.kind === 'data')).toHaveLength(6);
    expect(clock.sleeps.at(-1)).toBeGreaterThan(59_000);
  });
});
