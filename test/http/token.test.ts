import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigError, CredentialsError, RateLimitedError, RetryableError } from '../../src/errors.ts';
import type { SignInRules } from '../../src/http/api-rules.ts';
import { type Answer, createSender, type Send } from '../../src/http/send.ts';
import { withToken } from '../../src/http/token.ts';
import type { Logger } from '../../src/model/log.ts';
import { type FakeClock, fakeClock } from '../helpers/fake-clock.ts';
import { type Reply, type Script, scriptedServer, type ScriptedServer } from '../helpers/scripted-server.ts';

const NEVER = new AbortController().signal;
const HOUR = 3_600_000;
const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const RULES: SignInRules = {
  scope: 'read write',
  hints: {
    credentials: 'check THE_SECRET',
    token: 'check THE_LICENCE',
    intercepted: 'check THE_GATEWAY',
    endpoint: 'check THE_ADDRESS',
  },
};

let folder: string;
let file: string;
let clock: FakeClock;
let told: string[];
let warned: string[];
const open: ScriptedServer[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trestle-token-'));
  file = join(folder, 'token.json');
  clock = fakeClock();
  told = [];
  warned = [];
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(script: Script): Promise<ScriptedServer> {
  const server = await scriptedServer(script);
  open.push(server);
  return server;
}

/** A new client, as each cron run makes one. */
function client({ tokenUrl }: ScriptedServer, clientSecret = 'geheim & more'): Send {
  return withToken(
    {
      credentials: { tokenUrl, clientId: 'me', clientSecret },
      rules: RULES,
      file,
      clock,
      log: { ...SILENT, warn: (_, message) => warned.push(message) },
      onToken: (token) => told.push(token),
    },
    createSender({ timeout: 10_000, hint: '' }),
  );
}

function ask(send: Send, server: ScriptedServer): Promise<Answer> {
  return send(
    { method: 'GET', url: `${server.base}/Property`, headers: { Accept: 'application/json' } },
    NEVER,
  );
}

const tokensOf = (server: ScriptedServer): (string | undefined)[] =>
  server.asked.map((asked) => asked.headers.authorization);

const granted = (token: string, more: object = {}): Reply => ({ body: { access_token: token, ...more } });

describe('signing in', () => {
  test('sends the form of RFC 6749, 4.4.2, with the scope of the rules, and the token with every request', async () => {
    const server = await serve({});
    const send = client(server);
    await ask(send, server);
    await ask(send, server);
    expect(server.signIns).toHaveLength(1);
    expect(server.signIns[0]).toMatchObject({
      method: 'POST',
      body: 'client_id=me&client_secret=geheim+%26+more&grant_type=client_credentials&scope=read+write',
    });
    expect(tokensOf(server)).toEqual(['Bearer token-1', 'Bearer token-1']);
    expect(server.asked[0]?.headers.accept).toBe('application/json');
  });

  test('promise 19: every token is reported, so that it can be redacted, also one from the cache', async () => {
    const server = await serve({});
    await ask(client(server), server);
    client(server);
    expect(told).toEqual(['token-1', 'token-1']);
  });

  test('promise 12: the token endpoint does not receive a token', async () => {
    const server = await serve({});
    await ask(client(server), server);
    expect(server.signIns[0]?.headers.authorization).toBeUndefined();
  });
});

describe('the cache', () => {
  test('promise 12: only its owner can read it, and it holds no secret', async () => {
    const server = await serve({});
    await ask(client(server), server);
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    expect(readFileSync(file, 'utf8')).toContain('token-1');
    expect(readFileSync(file, 'utf8')).not.toContain('geheim');
  });

  test('promise 12: a second run uses the first one’s token', async () => {
    const server = await serve({});
    await ask(client(server), server);
    clock.pass(7 * HOUR);
    await ask(client(server), server);
    expect(server.signIns).toHaveLength(1);
    expect(tokensOf(server)).toEqual(['Bearer token-1', 'Bearer token-1']);
  });

  test('promise 12: a token is renewed shortly before it expires', async () => {
    const server = await serve({});
    const send = client(server);
    await ask(send, server);
    clock.pass(8 * HOUR - 5 * 60_000 - 1);
    await ask(send, server);
    clock.pass(1);
    await ask(send, server);
    expect(tokensOf(server)).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
  });

  test('promise 12: accepts a lifetime that is sent as text', async () => {
    const server = await serve({ token: granted('one', { expires_in: '28800' }) });
    const send = client(server);
    await ask(send, server);
    clock.pass(7 * HOUR);
    await ask(send, server);
    expect(server.signIns).toHaveLength(1);
  });

  test.each([{}, { expires_in: 30 }, { expires_in: '8 h' }, { expires_in: -1 }])(
    'promise 12: a token of doubtful life (%o) is used a while, not once for each request',
    async (more) => {
      const server = await serve({ token: [granted('one', more), granted('two', more)] });
      const send = client(server);
      await ask(send, server);
      await ask(send, server);
      expect(server.signIns).toHaveLength(1);
      clock.pass(HOUR);
      await ask(send, server);
      expect(server.signIns).toHaveLength(2);
    },
  );

  test('promise 12: other credentials do not get the token of the former ones', async () => {
    const server = await serve({});
    await ask(client(server), server);
    await ask(client(server, 'another secret'), server);
    expect(tokensOf(server)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  test('promise 12: another token endpoint, another token: none goes to the other origin', async () => {
    const [first, second] = [await serve({}), await serve({ token: granted('other') })];
    await ask(client(first), first);
    await ask(client(second), second);
    expect(tokensOf(second)).toEqual(['Bearer other']);
  });

  test.each(['', '{"for":', 'null', '[]', '{"for":1,"token":2}'])(
    'a cache that holds %j is written anew',
    async (text) => {
      writeFileSync(file, text);
      const server = await serve({});
      await ask(client(server), server);
      expect(tokensOf(server)).toEqual(['Bearer token-1']);
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ token: 'token-1' });
    },
  );
});

describe('a cache that cannot be used', () => {
  test('promise 12: a token that cannot be stored is still used, with a warning', async () => {
    mkdirSync(file);
    const server = await serve({});
    const send = client(server);
    await ask(send, server);
    await ask(send, server);
    expect(tokensOf(server)).toEqual(['Bearer token-1', 'Bearer token-1']);
    expect(server.signIns).toHaveLength(1);
    expect(warned).toEqual(['cannot store the token; the next run signs in again']);
    expect(readdirSync(folder)).toEqual(['token.json']);
  });

  test('promise 12: a symbolic link in place of the file is not read, and is replaced', async () => {
    const server = await serve({});
    await ask(client(server), server);
    const planted = join(folder, 'planted.json');
    renameSync(file, planted);
    symlinkSync(planted, file);
    await ask(client(server), server);
    expect(tokensOf(server)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect([lstatSync(file).isFile(), readFileSync(planted, 'utf8').includes('token-2')]).toEqual([
      true,
      false,
    ]);
  });
});

describe('a 401', () => {
  test('promise 12: discards the token and retries once with a new one', async () => {
    const server = await serve({ data: [{ status: 401 }, { body: { value: [] } }] });
    const answer = await ask(client(server), server);
    expect(answer.status).toBe(200);
    expect(tokensOf(server)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(readFileSync(file, 'utf8')).toContain('token-2');
  });

  test('promise 12: twice in a row is final, and leaves no token to the next run', async () => {
    const server = await serve({ data: { status: 401 } });
    await expect(ask(client(server), server)).rejects.toMatchObject({
      name: 'CredentialsError',
      exitCode: 77,
      hint: 'check THE_LICENCE',
    });
    expect(server.asked).toHaveLength(2);
    expect(readFileSync(file, 'utf8')).not.toContain('token-');
  });

  test('promise 12: does not count for the next request', async () => {
    const ok = { body: {} };
    const server = await serve({ data: [{ status: 401 }, ok, { status: 401 }, ok] });
    const send = client(server);
    await ask(send, server);
    expect((await ask(send, server)).status).toBe(200);
  });

  test.each([400, 403, 404, 429, 500])('a %d is passed on, and keeps the token', async (status) => {
    const server = await serve({ data: { status } });
    expect((await ask(client(server), server)).status).toBe(status);
    expect(server.asked).toHaveLength(1);
    expect(readFileSync(file, 'utf8')).toContain('token-1');
  });
});

describe('a refused sign-in', () => {
  test.each([
    [400, 'Bad Request'],
    [401, '{"error":"invalid_client"}'],
    [403, '{"error":"access_denied"}'],
  ])('promise 12: %d with %j is final immediately, with a clear message', async (status, body) => {
    const headers = { 'content-type': body.startsWith('{') ? 'application/json' : 'text/html' };
    const server = await serve({ token: { status, body, headers } });
    const error: unknown = await ask(client(server), server).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(CredentialsError);
    expect(error).toMatchObject({
      message: `the API refused the credentials (${status} from ${server.tokenUrl})`,
      hint: 'check THE_SECRET',
      exitCode: 77,
    });
    expect([server.signIns.length, server.asked.length, existsSync(file)]).toEqual([1, 0, false]);
  });

  test('promise 13: a page from a server in front of the API does not mean that the credentials are wrong', async () => {
    const body = '<html><head><title>Access Denied</title></head></html>';
    const server = await serve({ token: { status: 403, body } });
    await expect(ask(client(server), server)).rejects.toMatchObject({
      name: 'InterceptedError',
      message: 'the sign-in answered 403 with "Access Denied" as text/html, which does not come from the API',
      hint: 'check THE_GATEWAY',
    });
  });

  test.each([500, 503, 429, 408])(
    'promise 13: %d is worth another try, after as long as it says',
    async (status) => {
      const server = await serve({ token: { status, headers: { 'retry-after': '9' } } });
      const error: unknown = await ask(client(server), server).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(RetryableError);
      expect(error).toMatchObject({ retryAfter: 9000 });
      expect(error instanceof RateLimitedError).toBe(status === 429);
    },
  );

  test.each([404, 302, 204])('%d means that this is not a token endpoint', async (status) => {
    const server = await serve({ token: { status } });
    const error: unknown = await ask(client(server), server).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ hint: 'check THE_ADDRESS' });
  });

  test.each(['<html>Sorry</html>', '', '{"access_token":"ab', '{}', '{"access_token":""}', '[]', '7'])(
    'promise 13: a 200 that says %j is worth another try, and is no token',
    async (body) => {
      const server = await serve({ token: { body } });
      await expect(ask(client(server), server)).rejects.toBeInstanceOf(RetryableError);
      expect(server.asked).toEqual([]);
    },
  );

  test('promise 13: a 200 with null can be retried, like any other body without a token', async () => {
    const server = await serve({ token: { body: 'null' } });
    await expect(ask(client(server), server)).rejects.toBeInstanceOf(RetryableError);
  });
});
