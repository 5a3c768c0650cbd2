import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createRequester, type RequesterTools } from '../../../src/sources/items/create-requester.ts';
import type { Requester } from '../../../src/sources/items/requester.ts';
import { auth as authSettings } from '../../../src/sources/items/settings.ts';
import { type FakeClock, fakeClock } from '../../helpers/fake-clock.ts';
import { type Script, scriptedServer, type ScriptedServer } from '../../helpers/scripted-server.ts';
import { keysOf, type LogLine, notes, openApi, readAll, requesterTools } from './api/api-server.ts';

const NEVER = new AbortController().signal;
const OPTIONS = { accept: 'application/json', maxBytes: 1024 * 1024 };

type Opened = {
  readonly requester: Requester;
  readonly tools: RequesterTools;
  readonly clock: FakeClock;
  readonly lines: LogLine[];
  readonly secrets: string[];
};

async function serve(script: Script): Promise<ScriptedServer> {
  const server = await scriptedServer(script);
  onTestFinished(() => server.close());
  return server;
}

function open(
  url: string,
  auth?: Readonly<Record<string, string>>,
  more: Partial<RequesterTools> & { readonly headers?: Readonly<Record<string, string>> } = {},
): Opened {
  const { headers = {}, ...changes } = more;
  const clock = fakeClock();
  const lines: LogLine[] = [];
  const secrets: string[] = [];
  const tools = { ...requesterTools(clock, lines, secrets), ...changes };
  const settings = {
    id: 'notes',
    type: 'api' as const,
    url,
    headers,
    auth: auth && authSettings.parse(auth),
  };
  return { requester: createRequester(settings, tools), tools, clock, lines, secrets };
}

const get = ({ requester }: Opened, url: string) => requester.get(url, OPTIONS, NEVER);

describe('authorisation', () => {
  test.each([
    [{ bearer: 'geheim' }, { authorization: 'Bearer geheim' }],
    [{ header: 'X-Key', value: 'geheim' }, { 'x-key': 'geheim' }],
    [
      { basic: 'me', password: 'p:w' },
      { authorization: `Basic ${Buffer.from('me:p:w').toString('base64')}` },
    ],
  ])('%j is sent as a header', async (auth, headers) => {
    const server = await serve({ data: { body: [] } });
    await get(open(`${server.origin}/x`, auth), `${server.origin}/x`);
    expect(server.asked[0]!.headers).toMatchObject(headers);
  });

  test('pitfall 17: a key in the query is sent, and neither logged nor in a message', async () => {
    const server = await serve({
      data: [{ body: [] }, { status: 400, body: { message: 'bad call /x?key=geheim' } }],
    });
    const opened = open(`${server.origin}/x`, { query: 'key', value: 'geheim' });
    await get(opened, `${server.origin}/x?a=b`);
    expect(server.asked[0]!.query).toEqual({ a: 'b', key: 'geheim' });
    const error = await get(opened, `${server.origin}/x?a=b`).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ name: 'QueryRefusedError', message: '/x answered 400: bad call /x' });
    expect(JSON.stringify(opened.lines)).not.toMatch(/geheim|a=b/);
    expect(opened.lines[0]!.data).toMatchObject({
      host: new URL(server.origin).host,
      path: '/x',
      status: 200,
    });
  });
});

const auth = (server: ScriptedServer, more: object = {}) => ({
  oauth2: server.tokenUrl,
  client_id: 'me',
  client_secret: 'ge heim',
  ...more,
});

describe('oauth2', () => {
  test.each([
    [
      { send: 'body' },
      { client_id: 'me', client_secret: 'ge heim', grant_type: 'client_credentials' },
      undefined,
    ],
    [
      { send: 'header', scope: 'read' },
      { grant_type: 'client_credentials', scope: 'read' },
      'Basic bWU6Z2UraGVpbQ==',
    ],
  ])('pitfall 16: with %j, id and secret are sent there', async (more, form, header) => {
    const server = await serve({ data: { body: [] } });
    const opened = open(`${server.origin}/x`, auth(server, more));
    await get(opened, `${server.origin}/x`);
    expect(Object.fromEntries(new URLSearchParams(server.signIns[0]!.body))).toEqual(form);
    expect(server.signIns[0]!.headers.authorization).toBe(header);
    expect(server.asked[0]!.headers.authorization).toBe('Bearer token-1');
    expect(opened.secrets).toEqual(['token-1']);
    const file = join(opened.tools.stateFolder, 'token.json');
    expect([readFileSync(file, 'utf8').includes('heim'), statSync(file).mode & 0o077]).toEqual([false, 0]);
  });

  test('pitfall 16: a token that expires between pages is renewed before the request', async () => {
    const token = { body: { access_token: 'short', expires_in: 600 } };
    const server = await serve({
      token: [token, { body: { access_token: 'second', expires_in: 600 } }],
      data: { body: [] },
    });
    const opened = open(`${server.origin}/x`, auth(server));
    await get(opened, `${server.origin}/x`);
    opened.clock.pass(9 * 60_000);
    await get(opened, `${server.origin}/x`);
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer short',
      'Bearer second',
    ]);
  });

  test('pitfall 16: after a 401 the same page is requested once more with a new token', async () => {
    const setting = await openApi(
      (server) => ({ auth: auth(server), page: { number: 'page' } }),
      ({ query, headers }) => {
        if (query['page'] === '2' && headers.authorization === 'Bearer token-1') return { status: 401 };
        return { body: query['page'] === '3' ? [] : notes(Number(query['page']), Number(query['page'])) };
      },
    );
    expect(keysOf(await readAll(setting))).toEqual(['1', '2']);
    expect(setting.server.asked.map(({ query }) => query['page'])).toEqual(['1', '2', '2', '3']);
    expect(setting.server.signIns).toHaveLength(2);
  });

  test('pitfall 16: after a 401 a file is requested once more with a new token; a second one is final', async () => {
    const server = await serve({ data: [{ status: 401 }, { body: 'id\n1\n' }, { status: 401 }] });
    const opened = open(`${server.origin}/x`, auth(server));
    const file = join(opened.tools.stateFolder, 'file.csv');
    const download = () => opened.requester.download(`${server.origin}/x`, file, undefined, NEVER);
    expect(await download()).toMatchObject({ kind: 'fetched', bytes: 5 });
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
    await expect(download()).rejects.toMatchObject({ name: 'CredentialsError', exitCode: 77 });
    expect([server.asked.length, server.signIns.length]).toEqual([4, 3]);
  });

  test('two refused tokens are final', async () => {
    const server = await serve({ data: { status: 401 } });
    await expect(get(open(`${server.origin}/x`, auth(server)), `${server.origin}/x`)).rejects.toMatchObject({
      name: 'CredentialsError',
      hint: expect.stringContaining('notes'),
    });
    expect(server.asked).toHaveLength(2);
  });
});

describe('refusals', () => {
  test.each([
    [400, 'QueryRefusedError'],
    [403, 'QueryRefusedError'],
    [404, 'QueryRefusedError'],
    [409, 'QueryRefusedError'],
    [422, 'QueryRefusedError'],
    [401, 'CredentialsError'],
  ])('pitfall 19: %i is final: it is requested once', async (status, name) => {
    const server = await serve({ data: { status, body: '<html>no' } });
    const opened = open(`${server.origin}/x`, { bearer: 'geheim' });
    await expect(get(opened, `${server.origin}/x?secret=1`)).rejects.toMatchObject({
      name,
      message: expect.not.stringContaining('secret'),
      hint: expect.stringContaining('notes'),
    });
    expect([server.asked.length, opened.clock.sleeps]).toEqual([1, []]);
  });

  test.each([
    ['seconds', { 'retry-after': '17' }],
    ['a date', { 'retry-after': 'Sat, 28 Nov 2026 00:00:17 GMT', date: 'Sat, 28 Nov 2026 00:00:00 GMT' }],
  ])('pitfall 18: 429 waits for Retry-After, in %s', async (_, headers) => {
    const server = await serve({ data: [{ status: 429, headers }, { body: [] }] });
    const opened = open(`${server.origin}/x`);
    await get(opened, `${server.origin}/x`);
    expect(opened.clock.sleeps).toEqual([17_000]);
  });

  test('promise 32, pitfall 18: sources with the same host share the circuit breaker, and their failures by credentials', async () => {
    const server = await serve({ data: { status: 503 } });
    const clock = fakeClock();
    const [one, other] = [1, 2].map(() => open(`${server.origin}/x`, { bearer: 'a' }, { clock }));
    await expect(get(one!, `${server.origin}/x`)).rejects.toMatchObject({ name: 'UnavailableError' });
    expect(server.asked).toHaveLength(5);
    const before = clock.sleeps.length;
    await expect(get(other!, `${server.origin}/y`)).rejects.toMatchObject({ name: 'UnavailableError' });
    // The breaker is open: one probe after its pause, and no retries.
    expect(server.asked).toHaveLength(6);
    expect(clock.sleeps[before]).toBeGreaterThan(50_000);
    expect(one!.requester.server).toBe(other!.requester.server);
    expect(open(`${server.origin}/x`, { bearer: 'b' }).requester.server).not.toBe(one!.requester.server);
    expect(one!.requester.server).not.toContain('bearer');
  });

  test('the longest name of a host fits into its column', () => {
    const label = 'a'.repeat(63);
    const [one, other] = ['x', 'y'].map((end) => `${label}.${label}.${label}.${'b'.repeat(60)}${end}`);
    const names = [one, other].map((host) => open(`http://${host}:65535/`).requester.server);
    expect(names.map(({ length }) => length <= 255)).toEqual([true, true]);
    expect(names[0]).not.toBe(names[1]);
  });

  test.each([
    ['Accept', 'application/vnd.notes+json'],
    ['accept', 'application/vnd.notes+json'],
  ])('the header %s of the user counts', async (name, value) => {
    const server = await serve({ data: { body: [] } });
    await get(open(`${server.origin}/x`, undefined, { headers: { [name]: value } }), `${server.origin}/x`);
    expect(server.asked[0]!.headers.accept).toBe(value);
  });

  test('a gzipped body is decompressed, and its limit is that of the decompressed body', async () => {
    const headers = { 'content-encoding': 'gzip', 'content-type': 'application/json' };
    const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024, ' '));
    const server = await serve({
      data: [
        { body: gzipSync('[1]'), headers },
        { body: bomb, headers },
      ],
    });
    const opened = open(`${server.origin}/x`);
    const answer = await get(opened, `${server.origin}/x`);
    expect(answer.kind === 'body' && answer.body.toString()).toBe('[1]');
    await expect(get(opened, `${server.origin}/x`)).rejects.toMatchObject({ name: 'FatalError' });
    expect(server.asked).toHaveLength(2);
  });

  test('a body above its limit is final', async () => {
    const server = await serve({ data: { body: 'x'.repeat(2 * 1024 * 1024) } });
    await expect(get(open(`${server.origin}/x`), `${server.origin}/x`)).rejects.toMatchObject({
      name: 'FatalError',
      message: expect.stringContaining('more than 1 MB'),
    });
    expect(server.asked).toHaveLength(1);
  });

  test('with a user who waits, nothing is retried', async () => {
    const server = await serve({ data: { status: 503 } });
    const opened = open(`${server.origin}/x`, undefined, { isInteractive: true });
    await expect(get(opened, `${server.origin}/x`)).rejects.toMatchObject({ name: 'UnavailableError' });
    expect([server.asked.length, opened.requester.requests()]).toEqual([1, 1]);
  });
});

describe('downloads', () => {
  test('send headers and credentials to the own origin only', async () => {
    const target = await serve({ data: { body: 'a,b\n' } });
    const server = await serve({
      data: { status: 302, headers: { location: `${target.origin}/file.csv?sig=1` } },
    });
    const settings = { headers: { 'X-Own': 'mine' }, checkAddress: () => true };
    const opened = open(`${server.origin}/x`, { bearer: 'geheim' }, settings);
    const file = join(opened.tools.stateFolder, 'file.csv');
    const result = await opened.requester.download(`${server.origin}/x`, file, undefined, NEVER);
    expect([result.kind, readFileSync(file, 'utf8')]).toEqual(['fetched', 'a,b\n']);
    expect(server.asked[0]!.headers).toMatchObject({ authorization: 'Bearer geheim', 'x-own': 'mine' });
    expect(target.asked[0]!.headers.authorization).toBeUndefined();
    expect(target.asked[0]!.headers['x-own']).toBeUndefined();
    expect(opened.requester.requests()).toBe(2);
  });

  test('pitfall 40: a redirect to a private address is refused', async () => {
    const target = await serve({ data: { body: 'secret' } });
    const server = await serve({
      data: { status: 302, headers: { location: `${target.origin}/latest/meta-data` } },
    });
    const opened = open(`${server.origin}/x`);
    const file = join(opened.tools.stateFolder, 'file.csv');
    await expect(
      opened.requester.download(`${server.origin}/x`, file, undefined, NEVER),
    ).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('private network'),
    });
    expect(target.asked).toEqual([]);
  });

  test('a key in the query is not stored beside the file, and a token is sent', async () => {
    const server = await serve({ data: { body: 'a,b\n', headers: { etag: '"1"' } } });
    const keyed = open(`${server.origin}/x`, { query: 'key', value: 'geheim' });
    const file = join(keyed.tools.stateFolder, 'file.csv');
    await keyed.requester.download(`${server.origin}/x`, file, undefined, NEVER);
    expect(server.asked[0]!.query).toEqual({ key: 'geheim' });
    expect(readFileSync(`${file}.json`, 'utf8')).not.toContain('geheim');
    const signed = open(`${server.origin}/x`, {
      oauth2: server.tokenUrl,
      client_id: 'me',
      client_secret: 'x',
    });
    await signed.requester.download(
      `${server.origin}/x`,
      join(signed.tools.stateFolder, 'f'),
      undefined,
      NEVER,
    );
    expect(server.asked[1]!.headers.authorization).toBe('Bearer token-1');
  });
});
