import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { InterruptedError, RetryableError } from '../../src/errors.ts';
import { readBody } from '../../src/sources/trestle/odata/body.ts';
import { type Answer, createSender, type Request } from '../../src/http/send.ts';
import { type Script, scriptedServer, type ScriptedServer } from '../helpers/scripted-server.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(script: Script): Promise<ScriptedServer> {
  const server = await scriptedServer(script);
  open.push(server);
  return server;
}

const NEVER = new AbortController().signal;
const get = (url: string, headers: Record<string, string> = {}): Request => ({ method: 'GET', url, headers });
const send = (request: Request, signal = NEVER, timeout = 10_000): Promise<Answer> =>
  createSender({ timeout, hint: 'look at THE_SETTING' })(request, signal);

async function failure(sending: Promise<Answer>): Promise<Error> {
  return sending.then(
    () => new Error('was answered'),
    (error: Error) => error,
  );
}

describe('createSender', () => {
  test('returns status, headers in lower case, and the unchanged bytes', async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x7d]);
    const { base } = await serve({
      data: { status: 404, headers: { 'Minute-Quota-Limit': '180.0' }, body: bytes },
    });
    const answer = await send(get(`${base}/Property`));
    expect(answer.status).toBe(404);
    expect(answer.headers['minute-quota-limit']).toBe('180.0');
    expect(answer.body.equals(bytes)).toBe(true);
  });

  test('leaves JSON and numbers unparsed: no digit changes', async () => {
    const text = '{"n":12345678901234567890.10}';
    const { base } = await serve({ data: { headers: { 'content-type': 'application/json' }, body: text } });
    expect((await send(get(base))).body.toString()).toBe(text);
  });

  test('requests gzip and decompresses it', async () => {
    const text = '{"value":[]}'.repeat(1000);
    const server = await serve({ data: { headers: { 'content-encoding': 'gzip' }, body: gzipSync(text) } });
    expect((await send(get(server.base))).body.toString()).toBe(text);
    expect(server.asked[0]?.headers['accept-encoding']).toBe('gzip');
  });

  test.each([
    ['UTF-8', Buffer.from('\uFEFF{"City":"Zürich"}')],
    ['UTF-16', Buffer.from('\uFEFF{"City":"Zürich"}', 'utf16le')],
    ['UTF-16, the other way round', Buffer.from('\uFEFF{"City":"Zürich"}', 'utf16le').swap16()],
  ])('removes a byte order mark of %s', async (_, body) => {
    const { base } = await serve({ data: { headers: { 'content-type': 'application/json' }, body } });
    expect((await send(get(base))).body.toString()).toBe('{"City":"Zürich"}');
  });

  test('sends the URL byte for byte', async () => {
    const server = await serve({});
    const target = '/trestle/odata/Property?%24filter=City+eq+%27a%27&$skip=10&x=%c3%a9';
    await send(get(server.origin + target));
    expect(server.asked[0]?.target).toBe(target);
  });

  test('a POST carries its form', async () => {
    const server = await serve({});
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    await send({ method: 'POST', url: server.base, headers, body: 'a=1&b=%26' });
    expect(server.asked[0]).toMatchObject({ method: 'POST', body: 'a=1&b=%26' });
    expect(server.asked[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  });

  test('promise 4: a redirect is not followed: it would carry the token along', async () => {
    const other = await serve({});
    const server = await serve({ data: { status: 302, headers: { location: `${other.base}/x` } } });
    const answer = await send(get(server.base, { Authorization: 'Bearer t' }));
    expect(answer.status).toBe(302);
    expect(other.asked).toEqual([]);
  });

  test('promise 13: a broken connection can be retried', async () => {
    const { base } = await serve({ data: { raw: (response) => response.destroy() } });
    const error = await failure(send(get(base)));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).toMatchObject({ op: 'GET', code: 'no-connection' });
  });

  test('promise 13: a body shorter than announced can be retried', async () => {
    const { base } = await serve({
      data: {
        raw: (response) => {
          response.writeHead(200, { 'content-length': '1000' });
          response.write('{"value":[{"a":1}');
          setImmediate(() => response.destroy());
        },
      },
    });
    expect(await failure(send(get(base)))).toBeInstanceOf(RetryableError);
  });

  test('promise 13: a truncated gzip never looks like a complete page', async () => {
    const value = Array.from({ length: 500 }, (_, n) => ({ ListingKey: String(n * 7919) }));
    const whole = gzipSync(JSON.stringify({ value }));
    const { base } = await serve({
      data: { headers: { 'content-encoding': 'gzip' }, body: whole.subarray(0, whole.length / 2) },
    });
    const reading = send(get(base)).then(readBody);
    await expect(reading).rejects.toBeInstanceOf(RetryableError);
  });

  test('promise 13: an unresolved name and a closed port can be retried', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    expect(await failure(send(get(`http://127.0.0.1:${port}/`)))).toMatchObject({
      message: expect.stringContaining('ECONNREFUSED'),
      code: 'no-connection',
    });
    const unresolved = await failure(send(get('http://no-such-host.invalid/')));
    expect(unresolved).toBeInstanceOf(RetryableError);
    expect(unresolved).toMatchObject({ code: 'unknown-host' });
  });

  test('a server that does not speak TLS has failed in TLS; a sign-in is named as the operation', async () => {
    const { base } = await serve({ data: {} });
    const call = { kind: 'token', resource: '', attempt: 1 } as const;
    const error = await failure(send({ ...get(base.replace('http:', 'https:')), call }));
    expect(error).toMatchObject({ op: 'sign-in', code: 'tls-failed' });
  });

  test('a proxy that cannot be reached is named as the reason', async () => {
    const proxies = { https: 'http://127.0.0.1:9', http: undefined, exempt: [] };
    const options = { timeout: 10_000, hint: '', proxies };
    const error = await failure(createSender(options)(get('https://api.example.com/'), NEVER));
    expect(error).toMatchObject({ code: 'proxy-failed' });
  });

  test('promise 13: an answer that never ends is given up after the timeout', async () => {
    const { base } = await serve({
      data: {
        raw: (response) => {
          response.writeHead(200);
          response.write('{');
        },
      },
    });
    const error = await failure(send(get(base), NEVER, 100));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).toMatchObject({
      code: 'no-connection',
      message: `${new URL(base).host}: no whole answer within 0.1 s`,
      hint: 'look at THE_SETTING',
    });
  });

  test('promise 17: a stop surfaces as its own reason, and not as a failure', async () => {
    const stop = new AbortController();
    const reason = new InterruptedError('SIGINT');
    const { base } = await serve({ data: { raw: () => stop.abort(reason) } });
    expect(await failure(send(get(base), stop.signal))).toBe(reason);
  });

  test('promise 19: no error holds the token, the form or the query', async () => {
    const { base } = await serve({ data: { raw: (response) => response.destroy() } });
    const error = await failure(
      send({
        method: 'POST',
        url: `${base}?q=geheim`,
        headers: { Authorization: 'Bearer geheim' },
        body: 'secret=geheim',
      }),
    );
    const seen = [error.message, error.stack, JSON.stringify(error), String(error.cause)].join('\n');
    expect(error).toBeInstanceOf(RetryableError);
    expect(seen).not.toContain('geheim');
  });
});
