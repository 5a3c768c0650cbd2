import { afterEach, describe, expect, test } from 'vitest';
import { createSender, openAnswer } from '../../src/http/send.ts';
import { scriptedServer, type ScriptedServer } from '../helpers/scripted-server.ts';

const NEVER = new AbortController().signal;
const open: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function proxy(): Promise<ScriptedServer> {
  const server = await scriptedServer({ data: { body: 'through' } });
  open.push(server);
  return server;
}

const throughProxy = ({ origin }: ScriptedServer) => ({
  https: undefined,
  http: origin.replace('//', '//corp:p%40ss@'),
  exempt: [],
});

describe('plain HTTP through a proxy', () => {
  test.each([
    ['http://hooks.example.invalid:8080/a%20b?c=%C3%A9&$d', 'hooks.example.invalid:8080'],
    ['http://[2001:db8::1]/ping', '[2001:db8::1]'],
  ])('promise 13: %s is sent with the full address, and credentials for the proxy', async (url, host) => {
    const server = await proxy();
    const { status } = await openAnswer({ method: 'GET', url, headers: {} }, NEVER, throughProxy(server));
    expect(status).toBe(200);
    expect(server.asked.map(({ target }) => target)).toEqual([url]);
    expect(server.asked[0]?.headers).toMatchObject({
      host,
      'proxy-authorization': `Basic ${Buffer.from('corp:p@ss').toString('base64')}`,
    });
  });

  test('promise 13: is also used by createSender', async () => {
    const server = await proxy();
    const send = createSender({ timeout: 10_000, proxies: throughProxy(server), hint: '' });
    const answer = await send({ method: 'GET', url: 'http://feed.example.invalid/x', headers: {} }, NEVER);
    expect(answer.body.toString()).toBe('through');
    expect(server.asked[0]?.target).toBe('http://feed.example.invalid/x');
  });

  test('promise 13: this machine is reached without it', async () => {
    const [server, target] = [await proxy(), await proxy()];
    await openAnswer({ method: 'GET', url: target.base, headers: {} }, NEVER, throughProxy(server));
    expect([server.asked.length, target.asked.length]).toEqual([0, 1]);
  });
});
