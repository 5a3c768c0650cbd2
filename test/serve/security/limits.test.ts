import { beforeAll, expect, test } from 'vitest';
import type { FreshDatabase } from '../../helpers/database.ts';
import { readStatusOf, sendBytes } from '../../helpers/raw-request.ts';
import { served } from '../../helpers/serve.ts';
import { addItems } from '../../helpers/stored-items.ts';
import { migratedDatabase } from '../../helpers/template.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await migratedDatabase();
  await addItems(db, 3);
});

test('promise 36: a page has at most 1000 rows', async () => {
  const { get } = await served(db);
  expect((await get('/data?page_size=1000')).status).toBe(200);
  for (const size of ['1001', '0', '-1', '1e3', '99999999999999999999', '']) {
    const reply = await get(`/data?page_size=${size}`);
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({ error: { code: 'invalid_parameter', parameter: 'page_size' } });
  }
});

test('page reaches at most 10,000 rows', async () => {
  const { get } = await served(db);
  expect((await get('/data?page=10&page_size=1000')).status).toBe(200);
  expect((await get('/data?page=11&page_size=1000')).json()).toMatchObject({
    error: { code: 'page_too_deep', message: expect.stringContaining('cursor') },
  });
});

test('an address of more than 8192 characters is refused', async () => {
  const { get } = await served(db);
  const reply = await get(`/data?search=${'x'.repeat(8192)}`);
  expect(reply.status).toBe(414);
  expect(reply.json()).toMatchObject({ error: { code: 'address_too_long' } });
});

test('headers of more than 16 KB are refused, with the headers of every answer', async () => {
  const { url, get } = await served(db);
  const answer = await sendBytes(
    url,
    `GET /data HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`,
  );
  expect(readStatusOf(answer)).toBe(431);
  expect(answer).toContain('content-security-policy: ');
  expect(answer).toContain('x-content-type-options: nosniff');
  expect(answer).toMatch(/x-request-id: [\w-]{36}/);
  expect(answer).toContain('{"status":"error","error":{"code":"headers_too_large"');
  expect((await get('/health')).status).toBe(200);
});

test('thousands of headers, or of parameters, do no harm', async () => {
  const { url, get } = await served(db);
  const many = Array.from({ length: 3000 }, (_, nth) => `a${nth}:\r\n`).join('');
  const answer = await sendBytes(
    url,
    `GET /data HTTP/1.1\r\nHost: localhost\r\n${many}Connection: close\r\n\r\n`,
  );
  expect([200, 400, 431]).toContain(readStatusOf(answer));
  expect((await get(`/data?${'category=a&'.repeat(700)}`)).status).toBe(400);
  expect((await get(`/data?${'category=a&'.repeat(50)}`)).status).toBe(200);
});

test('fields takes every column, however long the list', async () => {
  const { get } = await served(db);
  const [item] = (await get('/data')).json().data;
  const fields = Object.keys(item!).join(',');
  expect(fields.length).toBeGreaterThan(100);
  const reply = await get(`/data?fields=${fields},${fields}`);
  expect(reply.json().data[0]).toEqual(item);
});
