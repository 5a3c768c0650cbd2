import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { sendRequest } from '../../src/notify/request.ts';
import { FatalError, RetryableError } from '../../src/errors.ts';
import { rawServer } from '../helpers/raw-server.ts';
import { type Reply, type ScriptedServer, scriptedServer } from '../helpers/scripted-server.ts';

const closing: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function server(reply: Reply = {}): Promise<ScriptedServer> {
  const started = await scriptedServer({ data: reply });
  closing.push(started.close);
  return started;
}

async function raw(answer?: (socket: Socket) => void): Promise<string> {
  const { host, close } = await rawServer(answer);
  closing.push(close);
  return `http://${host}/hook`;
}

const HOOK = { op: 'post alert', variable: 'ALERT_WEBHOOK_URL' } as const;

function post(address: string, signal = AbortSignal.timeout(20_000)): Promise<void> {
  return sendRequest({ ...HOOK, address, body: { text: 'ä 🏠' } }, signal);
}

/** Returns the error. */
async function refusal(sending: Promise<void>): Promise<Error> {
  const error = await sending.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('it was taken');
  return error;
}

/** A port that lets connections come, and answers none of them: not even that it is there, once its queue is full. */
async function silentPort(): Promise<string> {
  const child = spawn(process.execPath, ['-e', LISTEN], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGSTOP');
  const waiting: Socket[] = [];
  closing.push(() => {
    waiting.forEach((socket) => socket.destroy());
    child.kill('SIGKILL');
  });
  for (let isFull = false; !isFull;) {
    const socket = connect(Number(port), '127.0.0.1');
    waiting.push(socket.on('error', () => undefined));
    isFull = await Promise.race([
      once(socket, 'connect').then(() => false),
      new Promise<boolean>((resolve) => setTimeout(resolve, 400, true)),
    ]);
  }
  return `http://127.0.0.1:${Number(port)}/hook`;
}

const LISTEN =
  "const server = require('node:net').createServer(); " +
  "server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));";

/** What would keep this process alive: Node's names for sockets that are open, or on their way. */
const sockets = (): string[] =>
  process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Connect/.test(name));

describe('promise 20: nothing keeps the process alive', () => {
  test('if a firewall drops packets', async () => {
    const address = await silentPort();
    const before = sockets();
    const error = await refusal(post(address, AbortSignal.timeout(200)));
    expect(error.message).toBe('ALERT_WEBHOOK_URL: no answer in time');
    for (let turns = 0; turns < 20; turns += 1) await setImmediate();
    expect(sockets()).toEqual(before);
  });

  test.each<[string, Reply]>([
    ['an answer of 200 never ends', { raw: (response) => void response.writeHead(200).write('x') }],
    ['a refusal never ends', { raw: (response) => void response.writeHead(404).write('x'.repeat(5000)) }],
  ])('where %s', async (_, reply) => {
    const { origin } = await server(reply);
    const before = sockets();
    await post(origin).catch(() => undefined);
    for (let turns = 0; turns < 20; turns += 1) await setImmediate();
    // The server's end of it, in this process too, closes when it hears of ours.
    expect(sockets().length).toBeLessThanOrEqual(before.length + 1);
  });
});

test('a body is posted as JSON, in UTF-8', async () => {
  const { origin, asked } = await server();
  await post(`${origin}/hook?x=1`);
  expect(asked).toMatchObject([{ method: 'POST', target: '/hook?x=1', body: '{"text":"ä 🏠"}' }]);
  expect(asked[0]!.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'trestle-etl',
  });
});

test('without a body it is a GET', async () => {
  const { origin, asked } = await server();
  await sendRequest({ ...HOOK, address: `${origin}/ping` }, AbortSignal.timeout(20_000));
  expect(asked).toMatchObject([{ method: 'GET', path: '/ping', body: '' }]);
});

test('credentials in the address are sent as a header', async () => {
  const { origin, asked } = await server();
  await post(`${origin.replace('//', '//me:secret@')}/hook`);
  expect(asked[0]!.headers.authorization).toBe(`Basic ${Buffer.from('me:secret').toString('base64')}`);
});

describe('a 2xx answer is success, regardless of its body', () => {
  test.each<[string, Reply]>([
    ['nothing', { status: 204 }],
    ['words', { status: 200, body: 'ok' }],
    ['bytes', { status: 202, body: Buffer.from([0xff, 0xfe, 0, 1]) }],
    ['what never ends', { raw: (response) => void response.writeHead(200).write('x') }],
  ])('%s', async (_, reply) => {
    const { origin } = await server(reply);
    await expect(post(origin)).resolves.toBeUndefined();
  });
});

describe('a temporary refusal is retryable', () => {
  test.each([408, 425, 429, 500, 502, 503])('%i', async (status) => {
    const { origin } = await server({ status, body: 'slow\ndown' });
    const error = await refusal(post(origin));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.message).toBe(`ALERT_WEBHOOK_URL: answered with status ${status}: slow down`);
  });

  test('with the requested wait', async () => {
    const { origin } = await server({ status: 429, headers: { 'retry-after': '2' } });
    expect(await refusal(post(origin))).toMatchObject({ retryAfter: 2000 });
  });

  test('a wait that is not a number of seconds is ignored', async () => {
    const { origin } = await server({
      status: 503,
      headers: { 'retry-after': 'Fri, 20 Mar 2026 12:00:00 GMT' },
    });
    expect(await refusal(post(origin))).toMatchObject({ retryAfter: undefined });
  });
});

describe('a permanent refusal is not', () => {
  test.each([400, 401, 403, 404, 410])('%i', async (status) => {
    const { origin } = await server({ status, body: 'no_service' });
    const error = await refusal(post(origin));
    expect(error).toBeInstanceOf(FatalError);
    expect(error.message).toBe(`ALERT_WEBHOOK_URL: answered with status ${status}: no_service`);
  });

  test.each([301, 302, 303, 307, 308])('a redirect (%i), which is not followed', async (status) => {
    const { origin, asked } = await server({ status, headers: { location: '/elsewhere' } });
    const error = await refusal(post(origin));
    expect(error).toBeInstanceOf(FatalError);
    expect(error).toMatchObject({ hint: expect.stringContaining('redirects are not followed') as string });
    expect(asked).toHaveLength(1);
  });

  test('only the start of a long answer is reported', async () => {
    const { origin } = await server({ status: 400, body: '<p>'.repeat(100_000) });
    const { message } = await refusal(post(origin));
    expect(message.length).toBeLessThan(300);
  });
});

describe('a missing answer is retryable', () => {
  test('if no server listens', async () => {
    const { origin, close } = await server();
    await close();
    closing.length = 0;
    const error = await refusal(post(origin));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.message).toMatch(/^ALERT_WEBHOOK_URL: .*ECONNREFUSED/);
  });

  test('if the host name is unknown', async () => {
    const error = await refusal(post('http://no-such-host.invalid/hook'));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.message).toMatch(/no-such-host\.invalid/);
  });

  test('if the answer is not HTTP', async () => {
    const error = await refusal(post(await raw((socket) => socket.end('220 mail.example.com ESMTP\r\n'))));
    expect(error).toBeInstanceOf(RetryableError);
  });

  test('if the connection breaks', async () => {
    const error = await refusal(post(await raw((socket) => socket.destroy())));
    expect(error).toBeInstanceOf(RetryableError);
  });

  test('if it does not arrive in time', async () => {
    const silent = await raw();
    const error = await refusal(post(silent, AbortSignal.timeout(100)));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.message).toBe('ALERT_WEBHOOK_URL: no answer in time');
  });

  test('a refusal that does not end in time is reported with its received part', async () => {
    const address = await raw((socket) =>
      socket.write('HTTP/1.1 500 Oh\r\ncontent-length: 1000\r\n\r\nhalf'),
    );
    const error = await refusal(post(address, AbortSignal.timeout(500)));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.message).toMatch(/^ALERT_WEBHOOK_URL: answered with status 500/);
  });
});
