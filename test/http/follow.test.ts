import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { type FollowedAnswer, followRedirects } from '../../src/http/follow.ts';
import { createSender, type SendOptions } from '../../src/http/send.ts';
import { scriptedServer, type ScriptedServer, type Step } from '../helpers/scripted-server.ts';

const NEVER = new AbortController().signal;
const HEADERS = {
  Accept: 'application/json',
  Authorization: 'Bearer geheim',
  'X-Own': 'mine',
  'If-None-Match': '"1"',
};

async function serve(data: Step | readonly Step[]): Promise<ScriptedServer> {
  const server = await scriptedServer({ data });
  onTestFinished(() => server.close());
  return server;
}

const to = (location: string, status = 302): Step => ({ status, headers: { location } });

function get(url: string, options: Partial<SendOptions> = {}): Promise<FollowedAnswer> {
  const send = createSender({ timeout: 5000, hint: '', ...options });
  return followRedirects(new URL(url).origin, send)({ method: 'GET', url, headers: HEADERS }, NEVER);
}

const ANYWHERE = { checkAddress: () => true };

test('another origin receives no credentials and no custom headers, nor does the first one if it leads back', async () => {
  const steps: Step[] = [];
  const own = await serve(steps);
  const other = await serve(to(`${own.origin}/back`));
  steps.push(to(`${other.origin}/a`), { body: 'x' });
  expect((await get(`${own.origin}/x`, ANYWHERE)).url).toBe(`${own.origin}/back`);
  expect(own.asked[0]!.headers).toMatchObject({ authorization: 'Bearer geheim', 'x-own': 'mine' });
  for (const { headers } of [other.asked[0]!, own.asked[1]!]) {
    expect(headers).toMatchObject({ accept: 'application/json', 'if-none-match': '"1"' });
    expect([headers.authorization, headers['x-own']]).toEqual([undefined, undefined]);
  }
});

test('a redirect within the origin keeps them, also on a private address that the user configured', async () => {
  const server = await serve([to('/y'), { body: 'x' }]);
  const answer = await get(`${server.origin}/x`);
  expect([answer.status, answer.url]).toEqual([200, `${server.origin}/y`]);
  expect(server.asked[1]!.headers.authorization).toBe('Bearer geheim');
});

test('five redirects are followed, and no sixth', async () => {
  const server = await serve([1, 2, 3, 4, 5].map((n) => to(`/${n}`)).concat({ body: 'x' }));
  expect((await get(`${server.origin}/x`)).status).toBe(200);
  const loop = await serve(to('/again'));
  await expect(get(`${loop.origin}/x`)).rejects.toThrow('more than 5 redirects');
  expect(loop.asked).toHaveLength(6);
});

test.each([
  [[301, 302, 301], '/1'],
  [[308, 301], '/2'],
  [[302, 301], undefined],
  [[307], undefined],
])('of the redirects %j, the permanent ones at the start lead to %s', async (statuses, path) => {
  const steps = statuses.map((status, n) => to(`/${n + 1}`, status));
  const server = await serve([...steps, { body: 'x' }]);
  expect((await get(`${server.origin}/x`)).movedTo).toBe(path && server.origin + path);
});

describe('pitfall 40: a redirect to a private address', () => {
  test.each([['127.0.0.1'], ['localhost'], ['[::ffff:127.0.0.1]'], ['0.0.0.0']])(
    '%s is refused',
    async (host) => {
      const target = await serve({ body: 'secret' });
      const server = await serve(to(`http://${host}:${new URL(target.origin).port}/`));
      const error = await get(`${server.origin}/x`).catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(ConfigError);
      expect(error).toMatchObject({ message: expect.stringContaining('private network') });
      expect(target.asked).toEqual([]);
    },
  );

  test('is checked when the connection is made, so a name that changes its address does not help', async () => {
    const checked: string[] = [];
    const target = await serve({ body: 'secret' });
    const server = await serve(to(`http://localhost:${new URL(target.origin).port}/`));
    const checkAddress = (address: string): boolean => checked.push(address) === 0;
    await expect(get(`${server.origin}/x`, { checkAddress })).rejects.toThrow('private network');
    expect(checked).toContain('127.0.0.1');
  });

  test('through a proxy with a private address, public names work, and private addresses are refused', async () => {
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === 'http://a.test/x') response.writeHead(302, { location: 'http://b.test/y' }).end();
      else if (request.url === 'http://b.test/y') response.end('[]');
      else response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    onTestFinished(() => void proxy.close());
    const http = `http://localhost:${(proxy.address() as AddressInfo).port}`;
    const options = { proxies: { https: undefined, http, exempt: [] } };
    expect((await get('http://a.test/x', options)).url).toBe('http://b.test/y');
    await expect(get('http://a.test/z', options)).rejects.toThrow(
      '169.254.169.254 is an address of a private network',
    );
    expect(asked).toEqual(['http://a.test/x', 'http://b.test/y', 'http://a.test/z']);
  });
});
