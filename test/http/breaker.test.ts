import { describe, expect, test } from 'vitest';
import {
  BusyError,
  ConfigError,
  CredentialsError,
  RateLimitedError,
  RetryableError,
  UnavailableError,
} from '../../src/errors.ts';
import { createBreaker } from '../../src/http/breaker.ts';
import { createClient } from '../../src/sources/trestle/odata/client.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { type FakeClock, fakeClock } from '../helpers/fake-clock.ts';
import { sandboxFor, temporaryFolder } from '../helpers/pipeline.ts';

const NEVER = new AbortController().signal;
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const lost = (): never => {
  throw new RetryableError('lost', { op: 'GET /x', code: 'no-connection' });
};

type SendIt = (attempt: () => unknown, patience?: number) => Promise<unknown>;

function setUp(): { clock: FakeClock; send: SendIt } {
  const clock = fakeClock();
  const guarded = createBreaker({ clock, log: quiet });
  return { clock, send: (attempt, patience) => guarded(NEVER, async () => attempt(), patience) };
}

const throwing = (error: Error) => (): never => {
  throw error;
};

/** An API that answers 503, and who asks it. */
async function down({ deadline }: { deadline: number }): Promise<{
  sandbox: Sandbox;
  clock: FakeClock;
  client: { get(signal: AbortSignal): Promise<unknown> };
}> {
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
    deadline,
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
  const get = (signal: AbortSignal): Promise<unknown> => client.get(`${sandbox.url}/Property?$top=1`, signal);
  return { sandbox, clock, client: { get } };
}

async function fail(send: SendIt, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await expect(send(lost)).rejects.toThrow(RetryableError);
}

describe('the circuit breaker', () => {
  test('promise 13: four failures in a row do not open it', async () => {
    const { clock, send } = setUp();
    await fail(send, 4);
    expect(await send(() => 'answer')).toBe('answer');
    await fail(send, 4);
    await send(() => 'answer');
    expect(clock.sleeps).toEqual([]);
  });

  test('promise 13: after five failures nothing is sent for a minute; then an answer closes it', async () => {
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
    await expect(send(lost)).rejects.toMatchObject({
      message: expect.stringContaining('7 failures in a row'),
      code: 'no-connection',
    });
    expect(await send(() => 'answer')).toBe('answer');
    expect(clock.sleeps).toEqual([60_000, 60_000, 60_000]);
  });

  test('a 429 and an internal error are not failures of the API', async () => {
    const { clock, send } = setUp();
    for (const error of [new RateLimitedError('429', { op: 'x' }), new ConfigError('400', { op: 'x' })]) {
      for (let time = 0; time < 6; time += 1) {
        await expect(send(throwing(error))).rejects.toBe(error);
      }
    }
    expect(clock.sleeps).toEqual([]);
  });

  test.each([
    new RateLimitedError('429', { op: 'x' }),
    new ConfigError('400', { op: 'x' }),
    new CredentialsError('401', { op: 'x' }),
  ])('promise 13: an answer of $message closes it as well as a good one', async (error) => {
    const { clock, send } = setUp();
    await fail(send, 4);
    await expect(send(throwing(error))).rejects.toBe(error);
    await fail(send, 5);
    await expect(send(throwing(error))).rejects.toBe(error);
    expect(clock.sleeps).toEqual([60_000]);
    await fail(send, 4);
    expect(clock.sleeps).toEqual([60_000]);
  });

  test('promise 13: a request that was never sent does not close it', async () => {
    const { clock, send } = setUp();
    const spent = new BusyError('the quota is spent', { op: 'quota' });
    await fail(send, 4);
    await expect(send(throwing(spent))).rejects.toBe(spent);
    await fail(send, 1);
    await send(() => 'answer');
    expect(clock.sleeps).toEqual([60_000]);
  });

  test('promise 13: a request that cannot wait that long fails immediately, with the reason why it is open', async () => {
    const { clock, send } = setUp();
    await fail(send, 5);
    clock.pass(10_000);
    const asked: string[] = [];
    const late = send(() => asked.push('late'), 49_999);
    await expect(late).rejects.toThrow(UnavailableError);
    await expect(late).rejects.toThrow('lost (5 failures in a row)');
    expect([asked, clock.sleeps]).toEqual([[], []]);
    await send(() => asked.push('in time'), 50_000);
    expect([asked, clock.sleeps]).toEqual([['in time'], [50_000]]);
  });

  test('promise 13: the pause does not exceed RETRY_DEADLINE', async () => {
    const { client, clock } = await down({ deadline: 30_000 });
    const start = clock.now();
    const asked = client.get(NEVER);
    await expect(asked).rejects.toThrow(/503.*\(5 failures in a row\)/);
    await expect(asked).rejects.toThrow(UnavailableError);
    expect(clock.now() - start).toBeLessThan(30_000);
  });

  test('promise 13: a run against an API that is down sends six requests, regardless of MAX_RETRIES', async () => {
    const { sandbox, client, clock } = await down({ deadline: 3_600_000 });
    await expect(client.get(NEVER)).rejects.toThrow(/503.*6 failures in a row/);
    expect(sandbox.requests.filter((request) => request.kind === 'data')).toHaveLength(6);
    expect(clock.sleeps.at(-1)).toBeGreaterThan(59_000);
  });
});
