import { beforeAll, expect, test } from 'vitest';
import { findNetwork } from '../../../src/serve/guard/find-network.ts';
import { createRateLimit } from '../../../src/serve/guard/rate-limit.ts';
import type { FreshDatabase } from '../../helpers/database.ts';
import { served } from '../../helpers/serve.ts';
import { migratedDatabase } from '../../helpers/template.ts';

let db: FreshDatabase;

const KEY = 'site-key-0123456789abcdef';

const forwarded = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });

beforeAll(async () => {
  db = await migratedDatabase();
});

test('every answer has the limit, and more requests are answered 429 with Retry-After', async () => {
  const { get } = await served(db, { SERVE_RATE_LIMIT: '3' });
  for (const remaining of ['2', '1', '0']) {
    const { status, headers } = await get('/stats');
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'ratelimit-limit': '3', 'ratelimit-remaining': remaining });
  }
  const reply = await get('/stats');
  expect(reply.status).toBe(429);
  expect(reply.json()).toMatchObject({ error: { code: 'too_many_requests' } });
  expect(reply.headers).toMatchObject({ 'ratelimit-remaining': '0', 'cache-control': 'no-store' });
  const seconds = Number(reply.headers['retry-after']);
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
});

test('wrong keys and unknown addresses count, so that keys cannot be guessed', async () => {
  const { get } = await served(db, { SERVE_RATE_LIMIT: '3', SERVE_KEYS: `site:${KEY}` });
  const statuses: number[] = [];
  for (const path of ['/data', '/x', '/data', '/data', '/health']) {
    statuses.push((await get(path, { 'x-api-key': 'wrong' })).status);
  }
  expect(statuses).toEqual([401, 401, 401, 429, 429]);
  // Who has the key is counted separately.
  expect((await get('/data', { 'x-api-key': KEY })).status).toBe(200);
});

test('the files of pages are not counted', async () => {
  const { get } = await served(db, { SERVE_RATE_LIMIT: '1' });
  for (let nth = 0; nth < 5; nth += 1) expect((await get('/assets/docs/start.js')).status).not.toBe(429);
  expect((await get('/stats')).status).toBe(200);
});

test('photos of a page are not counted for those who may see them; without a key they are guesses, and count', async () => {
  const { get } = await served(db, { SERVE_RATE_LIMIT: '2', SERVE_KEYS: `site:${KEY}` });
  for (let nth = 0; nth < 12; nth += 1) {
    expect((await get('/files/photo', { 'x-api-key': KEY })).status).toBe(404);
  }
  expect((await get('/stats', { 'x-api-key': KEY })).headers['ratelimit-remaining']).toBe('1');
  expect([
    (await get('/files/photo')).status,
    (await get('/files/photo')).status,
    (await get('/files/photo')).status,
  ]).toEqual([401, 401, 429]);
});

test('a browser that sends too many requests gets a page, which it loads again', async () => {
  const { get } = await served(db, { SERVE_RATE_LIMIT: '1' });
  await get('/stats');
  const { status, headers, text } = await get('/', { accept: 'text/html,*/*;q=0.8' });
  expect(status).toBe(429);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(headers['refresh']).toBe(headers['retry-after']);
  expect(headers['ratelimit-remaining']).toBe('0');
  expect(text).toContain('<h1>Too many requests</h1>');
  expect((await get('/stats', { accept: 'application/json' })).json()).toMatchObject({
    error: { code: 'too_many_requests' },
  });
});

test('the address is that of the connection, unless a trusted proxy reports another', async () => {
  const direct = await served(db, { SERVE_RATE_LIMIT: '1' });
  expect((await direct.get('/stats', forwarded('192.0.2.1'))).status).toBe(200);
  expect((await direct.get('/stats', forwarded('192.0.2.2'))).status).toBe(429);
  const behind = await served(db, { SERVE_RATE_LIMIT: '1', SERVE_TRUST_PROXY: '127.0.0.1' });
  expect((await behind.get('/stats', forwarded('192.0.2.1'))).status).toBe(200);
  expect((await behind.get('/stats', forwarded('192.0.2.2'))).status).toBe(200);
  // What the caller itself wrote stands before what the proxy added.
  expect((await behind.get('/stats', forwarded('192.0.2.9, 192.0.2.1'))).status).toBe(429);
  expect((await behind.get('/stats', forwarded('nonsense'))).status).toBe(200);
});

test('a port in X-Forwarded-For is not part of the address, and an IPv6 caller is its network', async () => {
  const { get } = await served(db, { SERVE_RATE_LIMIT: '1', SERVE_TRUST_PROXY: '127.0.0.1' });
  const statuses: number[] = [];
  for (const address of [
    '192.0.2.1:55',
    '192.0.2.1',
    '[2001:db8::1]:44',
    '2001:db8::2',
    '2001:db8:0:1::1',
    '::ffff:192.0.2.1',
  ]) {
    statuses.push((await get('/stats', forwarded(address))).status);
  }
  expect(statuses).toEqual([200, 429, 200, 429, 200, 429]);
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8::5', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['', ''],
])('the caller %s is counted as %s', (address, network) => {
  expect(findNetwork(address)).toBe(network);
});

test('a minute starts with the first request, and a clock that is set back ends it', () => {
  let now = 1_000_000;
  const take = createRateLimit(2, () => now);
  const isAllowed = (): boolean => take('a').isAllowed;
  expect([isAllowed(), isAllowed(), isAllowed()]).toEqual([true, true, false]);
  now += 59_999;
  expect(isAllowed()).toBe(false);
  now += 1;
  expect(isAllowed()).toBe(true);
  now -= 3_600_000;
  expect([isAllowed(), isAllowed(), isAllowed()]).toEqual([true, true, false]);
});

test('a flood of addresses does not make it grow without end', () => {
  const take = createRateLimit(1, () => 1);
  take('first');
  for (let nth = 0; nth < 10_000; nth += 1) take(`address ${nth}`);
  expect(take('first').isAllowed).toBe(true);
});
