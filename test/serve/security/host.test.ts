import { beforeAll, expect, test } from 'vitest';
import type { FreshDatabase } from '../../helpers/database.ts';
import { readStatusOf, sendBytes } from '../../helpers/raw-request.ts';
import { served } from '../../helpers/serve.ts';
import { migratedDatabase } from '../../helpers/template.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await migratedDatabase();
});

test.each([
  'localhost',
  'LOCALHOST:1',
  '127.0.0.1',
  '127.0.0.1:8480',
  '[::1]:8480',
  'Data.Example.com',
  '[2001:db8::1]:8480',
])('it is called by the name %s', async (host) => {
  const { get } = await served(db, { SERVE_NAMES: 'data.example.com, 2001:DB8:0::1,' });
  expect((await get('/health', { host })).status).toBe(200);
});

test.each([
  'rebound.example.com',
  'localhost.evil.example',
  'localhost.',
  'evil.example:8480',
  '127.0.0.1.nip.io',
  '127.1',
  '[::ffff:127.0.0.1]',
  'localhost:123456',
  'user@localhost',
  'data.example.com',
])('another name, %s, is refused, also for open addresses', async (host) => {
  const { get } = await served(db);
  for (const path of ['/health', '/data', '/docs', '/assets/docs/start.js', '/nothing']) {
    const { status, text } = await get(path, { host });
    expect([400, 421]).toContain(status);
    expect(text).not.toContain(host);
  }
});

test.each([
  ['no Host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', 421],
  ['an empty Host', 'GET /health HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n', 421],
  [
    'two different Hosts',
    'GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    421,
  ],
  [
    'two equal Hosts',
    'GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    421,
  ],
  ['HTTP/1.0 without Host', 'GET /health HTTP/1.0\r\n\r\n', 421],
  ['HTTP/1.0 with Host', 'GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n', 200],
  ['a Host with a path', 'GET /health HTTP/1.1\r\nHost: localhost/x\r\nConnection: close\r\n\r\n', 400],
  ['a Host with blanks', 'GET /health HTTP/1.1\r\nHost: local host\r\nConnection: close\r\n\r\n', 400],
  [
    'an absolute address of another host',
    'GET http://evil.example/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    421,
  ],
  [
    'an absolute address of this host',
    'GET http://localhost:8480/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    200,
  ],
  [
    'an absolute address with a user',
    'GET http://localhost@evil.example/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    421,
  ],
  [
    'an absolute address, and a Host of another',
    'GET http://localhost/health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    421,
  ],
])('%s', async (_, bytes, status) => {
  const { url } = await served(db);
  const answer = await sendBytes(url, bytes);
  expect(readStatusOf(answer)).toBe(status);
  expect(answer.toLowerCase()).toContain('x-content-type-options: nosniff');
});
