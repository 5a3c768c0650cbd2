import { beforeAll, expect, test } from 'vitest';
import type { FreshDatabase } from '../../helpers/database.ts';
import { sendBytes } from '../../helpers/raw-request.ts';
import { served } from '../../helpers/serve.ts';
import { addItems } from '../../helpers/stored-items.ts';
import { migratedDatabase } from '../../helpers/template.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await migratedDatabase();
  await addItems(db, 1);
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'QUERY'])(
  '%s is refused',
  async (method) => {
    const { get } = await served(db);
    for (const path of ['/data', '/health', '/docs', '/nothing', '/']) {
      const reply = await get(path, {}, method);
      expect(reply.status).toBe(405);
      expect(reply.headers['allow']).toBe('GET, HEAD');
      expect(reply.json()).toMatchObject({ status: 'error', error: { code: 'method_not_allowed' } });
    }
  },
);

test.each(['TRACE', 'CONNECT localhost:1'])('%s has no effect', async (method) => {
  const { url, get } = await served(db);
  const line = method.includes(' ') ? method : `${method} /data`;
  const answer = await sendBytes(url, `${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
  expect((await get('/health')).status).toBe(200);
});

test('no header makes another method of GET', async () => {
  const { get } = await served(db);
  const reply = await get('/data', { 'x-http-method-override': 'DELETE' });
  expect(reply.status).toBe(200);
  expect(reply.json().data).toHaveLength(1);
});

test('scripts of other origins may not read answers', async () => {
  const { get } = await served(db);
  for (const origin of ['https://evil.example', 'null', 'http://localhost:3000']) {
    const { headers } = await get('/data', { origin });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
    expect((await get('/data', { origin }, 'OPTIONS')).status).toBe(405);
  }
});

test('scripts of SERVE_ORIGINS may, without credentials of the browser', async () => {
  const origin = 'https://www.example.com';
  const { get } = await served(db, { SERVE_ORIGINS: origin });
  const { headers, status } = await get('/data', { origin });
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'access-control-allow-origin': origin,
    'access-control-expose-headers': expect.stringMatching(/X-Total-Count.*RateLimit-Remaining/),
    'cross-origin-resource-policy': 'cross-origin',
    vary: expect.stringContaining('Origin'),
  });
  expect(headers).not.toHaveProperty('access-control-allow-credentials');
  const problem = await get('/data?pagesize=1', { origin });
  expect(problem).toMatchObject({ status: 400, headers: { 'access-control-allow-origin': origin } });
});

test('their preflight request is answered', async () => {
  const origin = 'https://www.example.com';
  const { get } = await served(db, { SERVE_ORIGINS: origin, SERVE_KEYS: 'site:0123456789abcdef0' });
  const reply = await get(
    '/data',
    { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'x-api-key' },
    'OPTIONS',
  );
  expect(reply).toMatchObject({ status: 204, text: '' });
  expect(reply.headers).toMatchObject({
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'GET, HEAD',
    'access-control-allow-headers': expect.stringContaining('X-API-Key'),
  });
});

test.each([
  'https://www.example.com.evil.example',
  'https://evil.example/https://www.example.com',
  'http://www.example.com',
  'https://www.example.com:444',
  'HTTPS://WWW.EXAMPLE.COM',
])('an origin that only looks like one of them, %s, may not', async (origin) => {
  const { get } = await served(db, { SERVE_ORIGINS: 'https://www.example.com' });
  expect((await get('/data', { origin })).headers).not.toHaveProperty('access-control-allow-origin');
});

test('HEAD has the headers of GET, and no body', async () => {
  const { get } = await served(db);
  for (const path of [
    '/data',
    '/health',
    '/stats',
    '/openapi.json',
    '/docs',
    '/data?pagesize=1',
    '/nothing',
  ]) {
    const [body, head] = [await get(path), await get(path, {}, 'HEAD')];
    expect(head).toMatchObject({ status: body.status, text: '' });
    const names = ['etag', 'content-type', 'cache-control', 'content-security-policy', 'x-total-count'];
    for (const name of names) expect(head.headers[name]).toBe(body.headers[name]);
  }
});
