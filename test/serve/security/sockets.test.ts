import { once } from 'node:events';
import { beforeAll, expect, test } from 'vitest';
import type { FreshDatabase } from '../../helpers/database.ts';
import { openSocket, readAll, readStatusOf, sendBytes } from '../../helpers/raw-request.ts';
import { served } from '../../helpers/serve.ts';
import { addItems } from '../../helpers/stored-items.ts';
import { migratedDatabase } from '../../helpers/template.ts';

let db: FreshDatabase;

const HEAD = 'HTTP/1.1\r\nHost: localhost\r\n';

/** Milliseconds, so that the tests are quick. */
const SHORT = { headers: 1000, request: 1500, idle: 3000 };

beforeAll(async () => {
  db = await migratedDatabase();
  await addItems(db, 3);
});

test('a client that sends a byte now and then is given up, and others are served meanwhile', async () => {
  const { url, get } = await served(db, {}, SHORT);
  const socket = await openSocket(url);
  const bytes = `GET /data ${HEAD}X: ${'x'.repeat(200)}`;
  let sent = 0;
  const drip = setInterval(() => socket.write(bytes[sent++ % bytes.length]!), 100);
  const answer = readAll(socket);
  expect((await get('/data')).status).toBe(200);
  const text = await answer;
  clearInterval(drip);
  expect(readStatusOf(text)).toBe(408);
  expect(text).toContain('x-content-type-options: nosniff');
  expect(sent).toBeLessThan(bytes.length);
});

test('a body that never ends is given up', async () => {
  const { url, get } = await served(db, {}, SHORT);
  const socket = await openSocket(url);
  const closed = once(socket, 'close');
  socket.resume();
  socket.write(`GET /data ${HEAD}Content-Length: 1000000\r\n\r\n`);
  const drip = setInterval(() => socket.write('x'), 100);
  await closed;
  clearInterval(drip);
  expect((await get('/data')).status).toBe(200);
});

test('hundreds of idle connections are closed, and others are served meanwhile', async () => {
  const { url, get } = await served(db, {}, SHORT);
  const idle = await Promise.all(Array.from({ length: 300 }, () => openSocket(url)));
  const ends = idle.map((socket) => {
    socket.resume();
    return once(socket, 'close');
  });
  expect((await get('/data')).status).toBe(200);
  await Promise.all(ends);
  expect((await get('/data')).status).toBe(200);
});

test('a client that does not read its answers does not stop others', async () => {
  const { url, get } = await served(db, {}, SHORT);
  const socket = await openSocket(url);
  socket.pause();
  socket.write(`GET /assets/docs/swagger-ui-bundle.js ${HEAD}\r\n`.repeat(200));
  expect((await get('/data')).status).toBe(200);
  socket.destroy();
});

test('requests that are sent together are answered in their order', async () => {
  const { url } = await served(db);
  const paths = ['/data?page_size=1', '/health/live', '/nothing', '/data?page_size=x', '/health/live'];
  const requests = paths.map(
    (path, nth) =>
      `GET ${path} ${HEAD}X-Request-ID: r${nth}\r\n${nth === 4 ? 'Connection: close\r\n' : ''}\r\n`,
  );
  const answer = await sendBytes(url, requests.join(''));
  expect([...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1])).toEqual([
    '200',
    '200',
    '404',
    '400',
    '200',
  ]);
  expect([...answer.matchAll(/^x-request-id: (\S+)/gim)].map((match) => match[1])).toEqual([
    'r0',
    'r1',
    'r2',
    'r3',
    'r4',
  ]);
});

test('the body of a GET is ignored, and is not taken for the next request', async () => {
  const { url } = await served(db);
  const hidden = `GET /stats ${HEAD}\r\n`;
  const answer = await sendBytes(
    url,
    `GET /health/live ${HEAD}Content-Length: ${hidden.length}\r\n\r\n${hidden}GET /health/live ${HEAD}Connection: close\r\n\r\n`,
  );
  expect(answer.match(/"alive"/g)).toHaveLength(2);
  expect(answer).not.toContain('recent_runs');
});

test.each([
  [
    'Content-Length and Transfer-Encoding',
    'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  [
    'Transfer-Encoding and Content-Length',
    'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n',
  ],
  ['two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
  ['a length that is no number', 'Content-Length: +5\r\n\r\nhello'],
  ['chunked twice', 'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
  ['an encoding that nobody knows', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
  ['a blank before the colon', 'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n'],
  ['a folded header', 'X: a\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a bare CR', 'X: a\rTransfer-Encoding: chunked\r\n\r\n'],
  ['a NUL in a header', 'X: a\0b\r\n\r\n'],
  ['a size of a chunk that is too large', 'Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n'],
])('%s: the connection ends, and nothing after it is a request', async (_, rest) => {
  const { url, get, lines } = await served(db);
  const answer = await sendBytes(
    url,
    `POST /data ${HEAD}${rest}GET /health/live ${HEAD}X-Request-ID: smuggled\r\nConnection: close\r\n\r\n`,
  );
  expect(answer).not.toMatch(/HTTP\/1\.1 2/);
  expect(lines.filter(({ id }) => id === 'smuggled')).toEqual([]);
  expect((await get('/health')).status).toBe(200);
});

test.each([
  '\r\n\r\n',
  'nonsense\r\n\r\n',
  'GET\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01',
  'GET /data HTTP/9.9\r\n\r\n',
])('bytes that are no request, %j, are refused with our headers', async (bytes) => {
  const { url } = await served(db, {}, SHORT);
  const answer = await sendBytes(url, bytes);
  expect([400, 408]).toContain(readStatusOf(answer));
  expect(answer).toContain('"request_id":"');
  expect(answer).toContain('content-security-policy: ');
  expect(answer).not.toMatch(/HPE_|Parse Error|node/i);
});

test('an expectation is answered like any request', async () => {
  const { url } = await served(db);
  const answer = await sendBytes(
    url,
    `GET /health/live ${HEAD}Expect: the unexpected\r\nConnection: close\r\n\r\n`,
  );
  expect(readStatusOf(answer)).toBe(200);
  expect(answer).toMatch(/x-content-type-options: nosniff/i);
});

test('a wish for another protocol is not granted', async () => {
  const { url } = await served(db);
  const answer = await sendBytes(
    url,
    `GET /health/live ${HEAD}Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAA\r\n\r\n`,
  );
  expect(readStatusOf(answer)).toBe(200);
});
