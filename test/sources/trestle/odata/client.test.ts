import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  BusyError,
  ConfigError,
  CredentialsError,
  InterruptedError,
  UnavailableError,
} from '../../../../src/errors.ts';
import {
  type ODataClient,
  type ClientOptions,
  createClient,
} from '../../../../src/sources/trestle/odata/client.ts';
import { createODataSource } from '../../../../src/sources/trestle/odata/index.ts';
import type { Log, Logger } from '../../../../src/model/log.ts';
import { property } from '../../../../src/sources/trestle/datasets/property.ts';
import { type FakeClock, fakeClock } from '../../../helpers/fake-clock.ts';
import {
  type Reply,
  scriptedServer,
  type ScriptedServer,
  type Step,
} from '../../../helpers/scripted-server.ts';

const NEVER = new AbortController().signal;
const PAGE: Reply = { body: { value: [{ ListingKey: '1' }] } };

let folder: string;
let clock: FakeClock;
let server: ScriptedServer;
let lines: { message: string; data: Record<string, unknown> }[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trestle-client-'));
  clock = fakeClock();
  lines = [];
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.close();
});

function write(data: object, message: string): void {
  lines.push({ message, data: { ...data } });
}

async function optionsFor(
  data: Step | readonly Step[],
  token?: Step | readonly Step[],
): Promise<ClientOptions> {
  server = await scriptedServer(token === undefined ? { data } : { data, token });
  const logger: Logger = { debug: write, info: write, warn: write, error: write };
  const log: Log = { main: logger, api: logger, quality: logger, database: logger };
  return {
    tokenUrl: server.tokenUrl,
    clientId: 'me',
    clientSecret: 'geheim',
    timeout: 10_000,
    maxRetries: 3,
    deadline: 600_000,
    reservePercent: 10,
    maxWait: 3_900_000,
    minute: 60_000,
    tokenFile: join(folder, 'token.json'),
    quotaFile: join(folder, 'quota.json'),
    clock,
    random: () => 1,
    log,
    onToken: () => {},
  };
}

async function connect(data: Step | readonly Step[], token?: Step | readonly Step[]): Promise<ODataClient> {
  return createClient(await optionsFor(data, token));
}

const get = (client: ODataClient, once = false) =>
  client.get(`${server.base}/Property?$top=1`, NEVER, once ? { retries: 0 } : {});

describe('createClient', () => {
  test('promise 13: a page whose answer was lost is requested again, with the same query', async () => {
    const client = await connect([{ raw: (response) => response.destroy() }, PAGE]);
    expect((await get(client)).records).toEqual(['{"ListingKey":"1"}']);
    expect(server.asked.map((asked) => asked.target)).toEqual(
      Array(2).fill('/trestle/odata/Property?$top=1'),
    );
    expect(clock.sleeps).toEqual([1000]);
  });

  test.each<[string, Reply]>([
    ['a CDN’s HTML page with status 200', { body: '<html>Busy</html>' }],
    ['an empty body', { body: '' }],
    ['a body cut off by a proxy', { body: '{"value":[{"ListingKey":"1"},{"Listing' }],
    ['an error inside a 200', { body: { error: { message: 'no' } } }],
    ['an error beside records in a 200', { body: { value: [{}], error: { message: 'no' } } }],
    ['a 500', { status: 500, body: '<html>' }],
    ['a 504', { status: 504 }],
    ['a 429', { status: 429 }],
  ])('promise 13: %s is retried', async (_, broken) => {
    const client = await connect([broken, PAGE]);
    expect((await get(client)).records).toHaveLength(1);
    expect(server.asked).toHaveLength(2);
  });

  test.each([400, 403, 404, 301])('promise 13: a %d is final after one request', async (status) => {
    const body = { error: { code: `[${status}]`, message: 'no' } };
    const client = await connect({ status, body });
    await expect(get(client)).rejects.toBeInstanceOf(ConfigError);
    expect(server.asked).toHaveLength(1);
  });

  test('promise 13: a 403 from a server in front of the API is retried, and then reported with its text', async () => {
    const denied = { status: 403, body: '<title>Access Denied</title>' };
    const passing = await connect([denied, PAGE]);
    expect((await get(passing)).records).toHaveLength(1);
    const lasting = await connect(denied);
    await expect(get(lasting)).rejects.toMatchObject({
      name: 'BlockedError',
      exitCode: 69,
      message: expect.stringContaining('answered 403 with "Access Denied" as text/html') as string,
    });
    expect(server.asked).toHaveLength(4);
  });

  test('promise 13: an API that stays down is given up after MAX_RETRIES', async () => {
    const client = await connect({ status: 503 });
    await expect(get(client)).rejects.toBeInstanceOf(UnavailableError);
    expect(server.asked).toHaveLength(4);
    expect(clock.sleeps).toEqual([1000, 2000, 4000]);
  });

  test('promise 4: a request that must not be sent again is sent once', async () => {
    const client = await connect({ status: 503 });
    await expect(get(client, true)).rejects.toThrow('given up after 1 try');
    expect(server.asked).toHaveLength(1);
  });

  test('promise 13: Retry-After is honoured in both forms', async () => {
    const date = 'Thu, 19 Mar 2026 12:00:00 GMT';
    const client = await connect([
      { status: 503, headers: { 'retry-after': '11' } },
      { status: 429, headers: { 'retry-after': 'Thu, 19 Mar 2026 12:00:42 GMT', date } },
      PAGE,
    ]);
    await get(client);
    expect(clock.sleeps).toEqual([11_000, 42_000]);
  });

  test('promise 11: 429 for longer than a minute is survived', async () => {
    const over = clock.now() + 90_000;
    const client = await connect(() => (clock.now() < over ? { status: 429 } : PAGE));
    expect((await get(client)).records).toHaveLength(1);
    expect(clock.now()).toBeGreaterThanOrEqual(over);
  });

  test('promise 11: 429 until the deadline means that the quota is spent', async () => {
    const client = await connect({ status: 429 });
    await expect(get(client)).rejects.toBeInstanceOf(BusyError);
  });

  test('promise 12: bad credentials are final immediately, with any form of refusal', async () => {
    const client = await connect(PAGE, { status: 400, body: 'Bad Request' });
    await expect(get(client)).rejects.toBeInstanceOf(CredentialsError);
    expect([server.signIns.length, server.asked.length, clock.sleeps.length]).toEqual([1, 0, 0]);
  });

  test('promise 13: a sign-in that fails temporarily is retried', async () => {
    const good = { body: { access_token: 'one', expires_in: 28_800 } };
    const client = await connect(PAGE, [{ status: 503 }, { body: '<html>' }, good]);
    expect((await get(client)).records).toHaveLength(1);
    expect([server.signIns.length, server.asked.length]).toEqual([3, 1]);
  });

  test('promise 17: a stop surfaces as its own reason', async () => {
    const stop = new AbortController();
    const reason = new InterruptedError('SIGTERM');
    const client = await connect({ raw: () => stop.abort(reason) });
    await expect(client.get(server.base, stop.signal)).rejects.toBe(reason);
  });

  test.each([301, 302, 303, 307, 308])(
    'promise 4: a %i is followed nowhere, neither to another origin nor within ours: both would be handed the token',
    async (status) => {
      const other = await scriptedServer({ data: PAGE });
      for (const where of ['abroad', 'home'] as const) {
        const client = await connect((asked) =>
          asked.path === '/elsewhere' ? PAGE : { status, headers: { location: target } },
        );
        const target = `${where === 'abroad' ? other.origin : server.origin}/elsewhere`;
        const error: unknown = await client.get(`${server.base}/Property`, NEVER).catch((e: unknown) => e);
        expect(error).toBeInstanceOf(ConfigError);
        expect(error).toMatchObject({
          message: `/trestle/odata/Property answered ${status}, a redirect to ${target}: not followed`,
          hint: "set TRESTLE_API_BASE_URL to the service's new address",
        });
        expect(server.asked.map(({ path }) => path)).toEqual(['/trestle/odata/Property']);
        expect(server.asked[0]?.headers.authorization).toBe('Bearer token-1');
        if (where === 'abroad') await server.close();
        rmSync(join(folder, 'token.json'));
      }
      expect([other.asked, other.signIns]).toEqual([[], []]);
      await other.close();
    },
  );

  test.each([301, 302, 303, 307, 308])(
    'promise 4: a sign-in that is answered %i takes the secret nowhere else',
    async (status) => {
      const other = await scriptedServer({});
      const location = other.tokenUrl;
      const client = await connect(PAGE, { status, headers: { location } });
      await expect(client.get(`${server.base}/Property`, NEVER)).rejects.toThrow(
        `${server.tokenUrl} answered ${status}: it is not a token endpoint`,
      );
      expect([server.signIns.length, server.asked.length]).toEqual([1, 0]);
      expect([other.asked, other.signIns]).toEqual([[], []]);
      await other.close();
    },
  );

  test('promise 14: tries are counted, sign-ins are not', async () => {
    const client = await connect([{ status: 500 }, PAGE]);
    await get(client);
    expect(client.calls()).toBe(2);
  });

  test('the API’s time comes from its Date header, and advances with this machine’s clock', async () => {
    const client = await connect({ ...PAGE, headers: { date: 'Thu, 19 Mar 2026 12:30:00 GMT' } });
    expect(client.now()).toBe(clock.now());
    await get(client);
    clock.pass(5000);
    expect(client.now()).toBe(Date.UTC(2026, 2, 19, 12, 30, 5));
  });

  test('promise 19: every request has a line, and no line has a token, a secret or a request header', async () => {
    const headers = {
      'Minute-Quota-Limit': '180',
      'Minute-Quota-Available': '179',
      'Hour-Quota-Available': '7199',
    };
    const client = await connect([{ raw: (response) => response.destroy() }, { ...PAGE, headers }]);
    await get(client);
    expect(lines.map((line) => line.message)).toEqual(['answered', 'no answer', 'retrying', 'answered']);
    expect(lines.at(-1)?.data).toMatchObject({
      method: 'GET',
      path: '/trestle/odata/Property',
      query: { $top: '1' },
      status: 200,
      kind: 'data',
      attempt: 2,
      minuteLeft: 179,
      hourLeft: 7199,
    });
    expect(JSON.stringify(lines)).not.toMatch(/geheim|token-1|bearer/i);
  });
});

describe('createODataSource', () => {
  test('returns the remaining quota once the API has reported it', async () => {
    const options = await optionsFor({
      body: { value: [] },
      headers: {
        'Minute-Quota-Limit': '180',
        'Minute-Quota-Available': '179',
        'Hour-Quota-Available': '7199.0',
      },
    });
    const source = createODataSource({
      ...options,
      base: server.base,
      pageSize: 10,
      filters: {},
    });
    expect(source.quota()).toBeUndefined();
    for await (const page of source.read(property, { cursor: undefined }, NEVER))
      expect(page.records).toEqual([]);
    expect(source.quota()).toEqual({
      minute: { limit: 180, left: 179 },
      hour: { limit: undefined, left: 7199, resetAt: undefined },
    });
    expect(source.requests()).toBe(1);
  });
});
