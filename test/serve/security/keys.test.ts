import { beforeAll, expect, test } from 'vitest';
import { createCallerFinder } from '../../../src/serve/guard/find-caller.ts';
import type { FreshDatabase } from '../../helpers/database.ts';
import { served } from '../../helpers/serve.ts';
import { migratedDatabase } from '../../helpers/template.ts';

let db: FreshDatabase;

const SITE = 'site-key-0123456789abcdef';
const OTHER = 'other-key-0123456789abcdef';
const KEYS = { SERVE_KEYS: `site:${SITE},analyst:${OTHER}` };

const basic = (text: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(text).toString('base64')}`,
});

beforeAll(async () => {
  db = await migratedDatabase();
});

test.each<[string, Record<string, string>]>([
  ['Bearer', { authorization: `Bearer ${SITE}` }],
  ['bearer in small letters', { authorization: `bearer  ${OTHER}` }],
  ['X-API-Key', { 'x-api-key': SITE }],
  ['Basic, as browsers send it', basic(`key:${SITE}`)],
  ['Basic with any user', basic(`:${SITE}`)],
])('a key is taken from %s', async (_, headers) => {
  const { get } = await served(db, KEYS);
  expect((await get('/data', headers)).status).toBe(200);
});

test.each<[string, Record<string, string>]>([
  ['nothing', {}],
  ['a wrong key', { 'x-api-key': 'site-key-0123456789abcdeX' }],
  ['the beginning of a key', { 'x-api-key': SITE.slice(0, -1) }],
  ['a key and more', { 'x-api-key': `${SITE}x` }],
  ['the name of a key', { 'x-api-key': 'site' }],
  ['name and key', { 'x-api-key': `site:${SITE}` }],
  ['an empty key', { 'x-api-key': '' }],
  ['another scheme', { authorization: `Digest ${SITE}` }],
  ['a scheme alone', { authorization: 'Bearer' }],
  ['Basic without a colon', basic(SITE)],
  ['Basic that is no base64', { authorization: 'Basic ???' }],
  ['the key as the user', basic(`${SITE}:`)],
  ['a cookie', { cookie: `key=${SITE}` }],
])('%s is answered 401 everywhere, without a word about keys', async (_, headers) => {
  const { get } = await served(db, KEYS);
  for (const path of ['/data', '/data/news/item-1', '/stats', '/metrics', '/openapi.json', '/docs', '/x']) {
    const reply = await get(path, headers);
    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toBe('Bearer');
    expect(reply.text).not.toContain('key-0123');
  }
});

test.each(['key', 'api_key', 'apikey', 'access_token', 'token', 'x-api-key'])(
  'a key in the address (%s) is none',
  async (name) => {
    const { get } = await served(db, KEYS);
    expect((await get(`/data?${name}=${SITE}`)).status).toBe(401);
  },
);

test('a browser is asked for the key', async () => {
  const { get } = await served(db, KEYS);
  const { headers } = await get('/docs', { accept: 'text/html,*/*' });
  expect(headers['www-authenticate']).toMatch(/^Basic /);
});

test('/health answers without a key, but only its state; with one, all of it', async () => {
  const { get } = await served(db, KEYS);
  expect((await get('/health')).json().data).toEqual({ status: 'degraded' });
  expect((await get('/health/live')).json().data).toEqual({ status: 'alive' });
  expect((await get('/health', { 'x-api-key': SITE })).json().data).toMatchObject({
    status: 'degraded',
    database: 'connected',
    version: expect.any(String),
  });
});

test('a path that only looks like an open one is not open', async () => {
  const { get } = await served(db, KEYS);
  for (const path of [
    '/health/',
    '//health',
    '/health/../data',
    '/health%2f..%2fdata',
    '/HEALTH',
    '/data?/health',
  ]) {
    expect((await get(path)).status).toBe(401);
  }
  for (const path of [
    '/assets/../data',
    '/assets/%2e%2e/data',
    '/assets/..%2fdata',
    '/assets/docs/../../data',
  ]) {
    expect([401, 404]).toContain((await get(path)).status);
  }
});

test('every key is compared, and each has its own name', () => {
  const find = createCallerFinder([
    { name: 'site', key: SITE },
    { name: 'analyst', key: OTHER },
  ]);
  expect(find({ authorization: undefined, apiKey: OTHER })).toBe('analyst');
  expect(find({ authorization: `Bearer ${SITE}`, apiKey: undefined })).toBe('site');
  expect(find({ authorization: `Bearer ${SITE}`, apiKey: 'wrong' })).toBeUndefined();
});
