import { beforeAll, expect, test } from 'vitest';
import type { FreshDatabase } from '../../helpers/database.ts';
import { served } from '../../helpers/serve.ts';
import { migratedDatabase } from '../../helpers/template.ts';

let db: FreshDatabase;

const KEY = 'a-key-of-forty-characters-0123456789abcd';

beforeAll(async () => {
  db = await migratedDatabase();
});

test('promise 36: it listens on loopback unless another address is set', async () => {
  const { url, get } = await served(db);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await get('/data')).status).toBe(200);
});

test.each(['[::1]', 'LOCALHOST'])('%s is loopback', async (host) => {
  const { url, get } = await served(db, { SERVE_HOST: host });
  expect(url).toMatch(/^http:\/\/(?:\[::1\]|127\.0\.0\.1):\d+$/);
  expect((await get('/health/live')).status).toBe(200);
});

test.each(['0.0.0.0', '::', '127.0.0.2'])('it does not start on %s without a key', async (host) => {
  await expect(served(db, { SERVE_HOST: host })).rejects.toMatchObject({
    exitCode: 78,
    hint: expect.stringContaining('SERVE_KEYS'),
  });
});

test('promise 36: with a key it starts on every address, and asks for the key', async () => {
  const { get, url } = await served(db, { SERVE_HOST: '0.0.0.0', SERVE_KEYS: `site:${KEY}` });
  const host = `localhost:${new URL(url).port}`;
  expect((await get('/data', { host })).status).toBe(401);
  expect((await get('/data', { host, authorization: `Bearer ${KEY}` })).status).toBe(200);
});

test('an address that is not of this machine, or a port that is taken, is reported', async () => {
  const { url } = await served(db);
  const { port } = new URL(url);
  await expect(served(db, { SERVE_PORT: port })).rejects.toMatchObject({ exitCode: 78 });
});
