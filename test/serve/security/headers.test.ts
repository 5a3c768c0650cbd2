import { beforeAll, expect, test } from 'vitest';
import type { FreshDatabase } from '../../helpers/database.ts';
import { served } from '../../helpers/serve.ts';
import { addItems } from '../../helpers/stored-items.ts';
import { migratedDatabase } from '../../helpers/template.ts';

let db: FreshDatabase;

const KEY = 'site-key-0123456789abcdef';

beforeAll(async () => {
  db = await migratedDatabase();
  await addItems(db, 2);
});

/** Every kind of answer: path, headers, method, status. */
const ANSWERS: readonly [string, Record<string, string>, string, number][] = [
  ['/data', {}, 'GET', 200],
  ['/data', {}, 'HEAD', 200],
  ['/data', { 'if-none-match': '*' }, 'GET', 304],
  ['/data?x=1', {}, 'GET', 400],
  ['/data', { 'x-api-key': 'wrong' }, 'GET', 401],
  ['/data/news/none', {}, 'GET', 404],
  ['/nothing', {}, 'GET', 404],
  ['/data', {}, 'DELETE', 405],
  [`/data?search=${'x'.repeat(9000)}`, {}, 'GET', 414],
  ['/data', { host: 'evil.example' }, 'GET', 421],
  ['/data', { host: 'a b' }, 'GET', 400],
  ['/health', {}, 'GET', 200],
  ['/stats', {}, 'GET', 200],
  ['/metrics', {}, 'GET', 200],
  ['/openapi.json', {}, 'GET', 200],
  ['/docs', {}, 'GET', 200],
  ['/assets/docs/start.js', {}, 'GET', 200],
  ['/assets/docs/start.js', { 'if-none-match': '*' }, 'GET', 304],
  ['/assets/none.js', {}, 'GET', 404],
];

test.each(ANSWERS)('%s %o %s has the security headers', async (path, more, method, status) => {
  const { get } = await served(db, { SERVE_KEYS: `site:${KEY}` });
  const reply = await get(path, { 'x-api-key': KEY, ...more }, method);
  expect(reply.status).toBe(status);
  const { headers } = reply;
  expect(headers).toMatchObject({
    'content-security-policy': expect.stringMatching(
      /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'; base-uri 'none'; form-action /,
    ),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'cross-origin-resource-policy': 'same-origin',
    'x-request-id': expect.stringMatching(/^[\w-]{36}$/),
    'cache-control': expect.stringMatching(/no-store|private|no-cache/),
  });
  expect(headers).not.toHaveProperty('server');
  expect(headers).not.toHaveProperty('x-powered-by');
  expect(headers).not.toHaveProperty('set-cookie');
  expect(headers['content-security-policy']).not.toContain('unsafe-eval');
  if (path !== '/docs') expect(headers['content-security-policy']).not.toContain('unsafe');
  if (status >= 400) expect(headers['content-type']).toBe('application/json; charset=utf-8');
});

test('texts of items are sent as they are, as JSON that no browser takes for a page', async () => {
  const title = `<script>alert('1')</script> & "quotes" \u2028 \u0007 😀`;
  await db.query('UPDATE unified_items SET title = ?, url = ? WHERE external_id = ?', [
    title,
    'javascript:alert(1)',
    'item-1',
  ]);
  const { get } = await served(db);
  const reply = await get('/data/news/item-1', { accept: 'text/html' });
  expect(reply.json().data).toMatchObject({ title, url: 'javascript:alert(1)' });
  expect(reply.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });
});

test.each([
  ['abc-1.2:3_X', true],
  ['a'.repeat(64), true],
  ['a'.repeat(65), false],
  ['', false],
  ['two words', false],
  ['<script>', false],
  ['a"b', false],
  ['a;b', false],
  ['%0d%0aX: y', false],
])('the id of a request, %s, is taken over only if it is clean: %s', async (id, isTaken) => {
  const { get } = await served(db);
  for (const path of ['/data', '/nothing']) {
    const reply = await get(path, { 'x-request-id': id });
    expect(reply.headers['x-request-id'] === id).toBe(isTaken);
    expect(reply.json().metadata.request_id).toBe(reply.headers['x-request-id']);
  }
});

test('the answers of two requests have different ids', async () => {
  const { get } = await served(db);
  const [one, two] = [await get('/data'), await get('/data')];
  expect(one.headers['x-request-id']).not.toBe(two.headers['x-request-id']);
});
