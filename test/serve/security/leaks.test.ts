import { hostname } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FreshDatabase } from '../../helpers/database.ts';
import { served } from '../../helpers/serve.ts';
import { addItems } from '../../helpers/stored-items.ts';
import { migratedDatabase } from '../../helpers/template.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await migratedDatabase();
  await addItems(db, 1);
});

afterAll(async () => {
  await db.query('RENAME TABLE etl_kept TO unified_items').catch(() => undefined);
});

/** No part of an answer may contain one of these. */
function listInternals(): string[] {
  const { MYSQL_USER: user, MYSQL_PASSWORD: password } = db.env;
  return [
    db.name,
    user!,
    password!,
    'a-secret-of-the-feed',
    '127.0.0.1:9',
    process.cwd(),
    'SELECT',
    'unified_items',
    'node_modules',
    'at async',
    '.ts:',
    'ECONN',
    'mysql',
    'errno',
  ];
}

async function expectClean(get: Awaited<ReturnType<typeof served>>['get'], path: string): Promise<number> {
  const reply = await get(path);
  const all = `${reply.text}${JSON.stringify(reply.headers)}`;
  for (const internal of listInternals()) expect(all).not.toContain(internal);
  // A short name, such as vm, is a part of other words.
  expect(all.split(/[^\w.-]+/)).not.toContain(hostname());
  return reply.status;
}

test('promise 36: an error of the database is answered without statements, tables, names and stacks; the log has them', async () => {
  const { get, lines } = await served(db);
  await db.query('ALTER TABLE unified_items DROP COLUMN title');
  expect(await expectClean(get, '/data')).toBe(500);
  expect((await get('/data')).json()).toMatchObject({
    error: {
      code: 'internal_error',
      message: 'the request failed: see the log `requests` for this request id',
    },
  });
  const line = lines.find(({ message }) => message === 'a request failed');
  expect(line!['err']).toMatchObject({ message: expect.stringContaining('title') });
  expect(line).toHaveProperty('id');
});

test('missing tables are answered 503, and said to be created by the first run', async () => {
  const { get } = await served(db);
  await db.query('RENAME TABLE unified_items TO etl_kept');
  expect(await expectClean(get, '/data')).toBe(503);
  expect((await get('/data')).json()).toMatchObject({ error: { code: 'not_loaded' } });
});

test('wrong credentials of the database are answered 503 everywhere, without a name', async () => {
  const { get } = await served({ env: { ...db.env, MYSQL_PASSWORD: 'not-the-password' } });
  for (const path of ['/data', '/data/news/item-1', '/stats', '/metrics', '/health']) {
    expect(await expectClean(get, path)).toBe(503);
    expect((await get(path)).text).not.toContain('not-the-password');
  }
});

test('no database: 503, and the addresses that need none answer', async () => {
  const { get } = await served({ env: { ...db.env, MYSQL_PORT: '9' } });
  for (const path of ['/data', '/stats', '/metrics', '/health'])
    expect(await expectClean(get, path)).toBe(503);
  expect((await get('/data')).headers['retry-after']).toBe('10');
  expect((await get('/health')).json().data).toEqual({
    status: 'unhealthy',
    database: 'unavailable',
    version: expect.any(String),
  });
  for (const path of ['/health/live', '/openapi.json', '/docs'])
    expect(await expectClean(get, path)).toBe(200);
});
