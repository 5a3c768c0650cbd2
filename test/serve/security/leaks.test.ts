import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FreshDatabase } from '../../helpers/database.ts';
import { temporaryFolder } from '../../helpers/pipeline.ts';
import { served } from '../../helpers/serve.ts';
import { addItems } from '../../helpers/stored-items.ts';
import { sqlTime } from '../../helpers/stored-listings.ts';
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

test('promise 19: no page of the dashboard has a password, a key or a token', async () => {
  const secrets = {
    MYSQL_PASSWORD: db.env['MYSQL_PASSWORD']!,
    TRESTLE_CLIENT_SECRET: 'a-secret-of-the-feed',
    SERVE_KEYS: 'a-key-of-the-site-0123456789',
    bearer: 'a-token-of-a-source-0123456789',
    header: 'a-header-of-a-source-0123456789',
    query: 'a-parameter-of-a-source-0123456789',
  };
  const folder = temporaryFolder();
  const at = sqlTime(Date.now());
  await db.query(
    'INSERT INTO etl_sync_log (id, source, mode, status, sync_start, sync_end, error_message, host, pid, version, updated_at) ' +
      "VALUES (7, 'trestle', 'sync', 'failed', ?, ?, 'the API answers 503', 'h', 1, '1', ?)",
    [at, at, at],
  );
  const line = {
    level: 'error',
    time: `${at.replace(' ', 'T')}Z`,
    run: 7,
    msg: 'refused',
    sent: [secrets.MYSQL_PASSWORD, secrets.TRESTLE_CLIENT_SECRET, secrets.SERVE_KEYS],
  };
  writeFileSync(
    join(folder, `etl_main.${at.slice(0, 10)}.1.log`),
    `${JSON.stringify({ ...line, authorization: `Bearer ${secrets.bearer}` })}\n`,
  );
  writeFileSync(
    join(folder, 'sources.yaml'),
    `sources:
  news:
    type: api
    url: http://127.0.0.1:9/items.json?access_token=${secrets.query}
    auth: { bearer: '\${SOURCE_TOKEN}' }
    headers: { X-App-Token: ${secrets.header} }
    item: { external_id: id, title: title }
`,
  );
  const { get } = await served(db, {
    SERVE_KEYS: `site:${secrets.SERVE_KEYS}`,
    LOG_DIR: folder,
    SOURCES_FILE: join(folder, 'sources.yaml'),
    SOURCE_TOKEN: secrets.bearer,
  });
  for (const path of ['/', '/runs/7', '/sources/trestle', '/sources/news', '/runs/8', '/sources/none']) {
    const { status, text, headers } = await get(path, { 'x-api-key': secrets.SERVE_KEYS });
    expect([200, 404]).toContain(status);
    for (const secret of Object.values(secrets).filter((each) => each !== ''))
      expect(`${path} ${text}${JSON.stringify(headers)}`).not.toContain(secret);
  }
  expect((await get('/runs/7', { 'x-api-key': secrets.SERVE_KEYS })).text).toContain('refused');
  expect((await get('/sources/news', { 'x-api-key': secrets.SERVE_KEYS })).text).toContain('items.json');
});

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
