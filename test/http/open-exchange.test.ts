import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { openExchange } from '../../src/http/open-exchange.ts';
import { createRoutes } from '../../src/http/route.ts';

const NEVER = new AbortController().signal;

async function serve(listener: RequestListener): Promise<{ url: string; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    listener(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

function open(url: string, signal = NEVER, route = createRoutes(true)(new URL(url), undefined, signal)) {
  return openExchange({ method: 'GET', url, headers: { Accept: '*/*', 'X-Own': 'yes' } }, signal, route);
}

test('returns any status with its headers, and the body as it arrives; the connection is kept', async () => {
  const { url, requests } = await serve((_, response) =>
    response.writeHead(302, { ETag: '"1"' }).end('body'),
  );
  const ports: (number | undefined)[] = [];
  for (let time = 0; time < 2; time += 1) {
    const { status, headers, body } = await open(`${url}/a%20b?c=d#e`);
    expect({ status, etag: headers['etag'], body: (await buffer(body)).toString() }).toEqual({
      status: 302,
      etag: '"1"',
      body: 'body',
    });
    ports.push(requests[time]!.socket.remotePort);
    // The connection is free after the turn in which the body ended.
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(requests[0]).toMatchObject({
    method: 'GET',
    url: '/a%20b?c=d',
    headers: { accept: '*/*', 'x-own': 'yes', 'user-agent': 'node', host: new URL(url).host },
  });
  expect(ports[1]).toBe(ports[0]);
});

test('asks a proxy for the full address', async () => {
  const { url, requests } = await serve((_, response) => response.end());
  const { port } = new URL(url);
  const route = {
    proxy: { protocol: 'http:', host: '127.0.0.1', port: Number(port) },
    headers: { host: 'photos.example', 'proxy-authorization': 'Basic eA==' },
  };
  await open('http://photos.example/1.jpg?v=2', NEVER, route);
  expect(requests[0]).toMatchObject({
    url: 'http://photos.example/1.jpg?v=2',
    headers: { host: 'photos.example', 'proxy-authorization': 'Basic eA==' },
  });
});

test('an abort ends the reading of a body', async () => {
  const { url } = await serve(
    (_, response) => void response.writeHead(200, { 'Content-Length': 9 }).write('a'),
  );
  const controller = new AbortController();
  const { body } = await open(url, controller.signal);
  const read = buffer(body);
  controller.abort();
  await expect(read).rejects.toThrow();
});

test('throws the error of Node if no answer arrives', async () => {
  const { url } = await serve((request) => void request.socket.destroy());
  await expect(open(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
  const upgrading = await serve((_, response) =>
    response.socket!.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
  );
  await expect(open(upgrading.url)).rejects.toMatchObject({ code: 'ECONNRESET' });
});
