import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import type { FreshDatabase } from '../../helpers/database.ts';
import { served } from '../../helpers/serve.ts';
import { migratedDatabase } from '../../helpers/template.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await migratedDatabase();
});

test('the page loads only files of this server, and has no inline script', async () => {
  const { get } = await served(db);
  const { headers, text } = await get('/docs');
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(headers['content-security-policy']).toContain("script-src 'self';");
  const addresses = [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1]!);
  const files = addresses.filter((address) => address.startsWith('/assets/'));
  expect(files).toHaveLength(3);
  expect(addresses.filter((address) => !/^(?:\/|data:,$)/.test(address))).toEqual([]);
  expect(text).not.toMatch(/<script>|\son\w+=|style=/);
  for (const file of files) expect((await get(file)).status).toBe(200);
});

test('its files are those of Swagger UI, with type and ETag, compressed if the caller takes that', async () => {
  const { get } = await served(db);
  const path = '/assets/docs/swagger-ui.css';
  const source = readFileSync(new URL(import.meta.resolve('swagger-ui-dist/swagger-ui.css')), 'utf8');
  const plain = await get(path);
  expect(plain.text).toBe(source);
  expect(plain.headers).toMatchObject({ 'content-type': 'text/css; charset=utf-8', vary: 'Accept-Encoding' });
  const zipped = await get(path, { 'accept-encoding': 'br, gzip' });
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(Number(zipped.headers['content-length'])).toBeLessThan(source.length / 3);
  const refused = await get(path, { 'accept-encoding': 'gzip;q=0' });
  expect(refused.headers).not.toHaveProperty('content-encoding');
  expect((await get(path, { 'if-none-match': plain.headers['etag']! })).status).toBe(304);
});

test('only its own files are served', async () => {
  const { get } = await served(db);
  for (const name of [
    'LICENSE',
    'package.json',
    '../../main.js',
    '..%2f..%2fmain.js',
    '%2e%2e/main.js',
    '',
    'x\\y',
  ]) {
    expect([400, 404]).toContain((await get(`/assets/docs/${name}`)).status);
  }
});

test('the script asks no other server', () => {
  const script = readFileSync(new URL('../../../src/serve/docs/start.js', import.meta.url), 'utf8');
  expect(script).toContain("url: '/openapi.json'");
  expect(script).toContain('validatorUrl: null');
});
