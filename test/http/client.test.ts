import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ApiRules } from '../../src/http/api-rules.ts';
import { createHttpClient, type HttpClientOptions, type ResponseFormat } from '../../src/http/client.ts';
import type { Answer } from '../../src/http/send.ts';
import { type FakeClock, fakeClock } from '../helpers/fake-clock.ts';
import { scriptedServer, type ScriptedServer, type Step } from '../helpers/scripted-server.ts';

const NEVER = new AbortController().signal;
const QUIET = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const TEXT: ResponseFormat<string> = { accept: 'text/csv', read: ({ body }: Answer) => body.toString() };
const RULES: ApiRules = {
  isOwnRefusal: () => false,
  errorText: () => '',
  hints: {
    unreachable: 'check THE_NETWORK',
    unauthorized: '',
    intercepted: '',
    moved: '',
    forbidden: '',
    refused: '',
  },
};

const atMost = (): number => 1;

let folder: string;
let clock: FakeClock;
let server: ScriptedServer;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trestle-http-'));
  clock = fakeClock();
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.close();
});

async function optionsFor(data: Step | readonly Step[]): Promise<HttpClientOptions> {
  server = await scriptedServer({ data });
  return {
    rules: RULES,
    timeout: 10_000,
    maxRetries: 2,
    deadline: 600_000,
    clock,
    random: atMost,
    log: QUIET,
  };
}

test('requests to an API without sign-in and quota carry no token, and nothing waits', async () => {
  const client = createHttpClient(await optionsFor({ body: 'a,b\n' }));
  for (let n = 0; n < 300; n += 1) expect(await client.fetch(server.base, TEXT, NEVER)).toBe('a,b\n');
  expect(server.signIns).toEqual([]);
  expect(server.asked[0]?.headers).toMatchObject({ accept: 'text/csv' });
  expect(server.asked[0]?.headers.authorization).toBeUndefined();
  expect([clock.sleeps, client.calls(), client.quota()]).toEqual([[], 300, { sent: [] }]);
});

test('promise 13: its requests are retried too, and fail with its own hint', async () => {
  const broken: Step = { raw: (response) => response.destroy() };
  const client = createHttpClient(await optionsFor([broken, { body: 'a' }, broken]));
  expect(await client.fetch(server.base, TEXT, NEVER)).toBe('a');
  await expect(client.fetch(server.base, TEXT, NEVER)).rejects.toMatchObject({
    name: 'UnavailableError',
    hint: 'check THE_NETWORK',
  });
  expect(server.asked).toHaveLength(5);
});

test('with sign-in and quota, a request that waits for the quota is not sent, and does not sign in', async () => {
  const options = await optionsFor({ body: 'a' });
  const client = createHttpClient({
    ...options,
    signIn: {
      credentials: { tokenUrl: server.tokenUrl, clientId: 'me', clientSecret: 'geheim' },
      rules: { scope: 'read', hints: { credentials: '', token: '', intercepted: '', endpoint: '' } },
      file: join(folder, 'token.json'),
      onToken: () => undefined,
    },
    quota: {
      rules: { read: () => ({ hour: { limit: 10, left: 1 } }), hint: 'check THE_BOUNDS' },
      file: join(folder, 'quota.json'),
      reservePercent: 10,
      minute: 60_000,
      maxWait: 1000,
    },
  });
  expect(await client.fetch(server.base, TEXT, NEVER)).toBe('a');
  expect(server.asked[0]?.headers.authorization).toBe('Bearer token-1');
  await expect(client.fetch(server.base, TEXT, NEVER)).rejects.toMatchObject({
    name: 'BusyError',
    hint: 'check THE_BOUNDS',
  });
  expect([server.signIns.length, server.asked.length, client.calls()]).toEqual([1, 1, 1]);
});
