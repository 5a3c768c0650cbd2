import { beforeAll, expect, test } from 'vitest';
import type { FreshDatabase } from '../../helpers/database.ts';
import { served } from '../../helpers/serve.ts';
import { migratedDatabase } from '../../helpers/template.ts';

let db: FreshDatabase;

const KEY = 'site-key-0123456789abcdef';

beforeAll(async () => {
  db = await migratedDatabase();
});

test('a request is one line of the log: without the values of its query, and without keys', async () => {
  const { get, lines } = await served(db, { SERVE_KEYS: `site:${KEY}` });
  const authorization = `Basic ${Buffer.from(`key:${KEY}`).toString('base64')}`;
  await get('/data?search=my+private+words', { 'x-api-key': KEY, 'x-request-id': 'mine' });
  await get('/data?search=my+private+words&x=2', { authorization });
  await get('/data?key=my-guess-at-a-key', { 'x-api-key': 'my-other-guess' });
  expect(lines).toEqual([
    {
      message: 'request',
      id: 'mine',
      caller: 'site',
      address: '127.0.0.1',
      method: 'GET',
      path: '/data',
      status: 200,
      ms: expect.any(Number),
    },
    expect.objectContaining({ caller: 'site', status: 400, path: '/data' }),
    expect.objectContaining({ caller: undefined, status: 401, path: '/data' }),
  ]);
  const text = JSON.stringify(lines);
  for (const secret of ['private', 'guess', KEY, authorization.slice(6)]) expect(text).not.toContain(secret);
});

test('refusals are lines too, and a path cannot forge one', async () => {
  const { get, lines } = await served(db);
  await get('/data', { host: 'evil.example' });
  await get('/data', {}, 'DELETE');
  await get('/a%0a{"message":"forged"}');
  await get(`/${'x'.repeat(5000)}`);
  expect(lines.map(({ status }) => status)).toEqual([421, 405, 404, 404]);
  for (const { path } of lines) expect(String(path)).not.toMatch(/\n/);
  expect(String(lines[3]!['path']).length).toBeLessThanOrEqual(500);
});
