import { beforeAll, expect, test } from 'vitest';
import type { FreshDatabase } from '../../../helpers/database.ts';
import { addItems } from '../../../helpers/stored-items.ts';
import { served } from '../../../helpers/serve.ts';
import { migratedDatabase } from '../../../helpers/template.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await migratedDatabase();
  await addItems(db, 7);
});

test('a page has the newest items first, the number of all, and the cursor of the next page', async () => {
  const { get } = await served(db);
  const reply = await get('/data?page_size=3');
  expect(reply.status).toBe(200);
  const { data, metadata } = reply.json();
  expect(data.map(({ external_id: id }) => id)).toEqual(['item-7', 'item-6', 'item-5']);
  expect(metadata.pagination).toMatchObject({ total_items: 7, has_next: true });
  expect(reply.headers).toMatchObject({ 'x-total-count': '7' });
  expect(reply.headers['link']).toContain('rel="next"');
});

test('cursors reach every item once, in both directions', async () => {
  const { get } = await served(db);
  for (const order of ['asc', 'desc']) {
    const seen: unknown[] = [];
    let cursor = '';
    do {
      const { data, metadata } = (await get(`/data?page_size=2&sort_order=${order}${cursor}`)).json();
      seen.push(...data.map(({ external_id: id }) => id));
      const { next_cursor: next } = metadata.pagination;
      cursor = next === null ? '' : `&cursor=${encodeURIComponent(next)}`;
    } while (cursor !== '');
    const all = Array.from({ length: 7 }, (_, nth) => `item-${nth + 1}`);
    expect(seen).toEqual(order === 'asc' ? all : all.toReversed());
  }
});

test('an unknown parameter is refused with the nearest name', async () => {
  const { get } = await served(db);
  const reply = await get('/data?pagesize=2');
  expect(reply.status).toBe(400);
  expect(reply.json()).toMatchObject({
    status: 'error',
    error: {
      code: 'unknown_parameter',
      parameter: 'pagesize',
      message: expect.stringContaining('page_size'),
    },
  });
});

test.each([
  ['fields=,', 'invalid_parameter', 'fields', /^fields has an empty name/],
  ['fields=id,,title', 'invalid_parameter', 'fields', /^fields has an empty name/],
  ['=3', 'unknown_parameter', '', /^a parameter has no name: the parameters are page,/],
])('%s is refused with what is wrong', async (query, code, parameter, message) => {
  const { get } = await served(db);
  const reply = await get(`/data?${query}`);
  expect(reply.status).toBe(400);
  expect(reply.json()).toMatchObject({
    error: { code, parameter, message: expect.stringMatching(message) },
  });
});

test('include_deleted=true is deleted=true', async () => {
  const { get } = await served(db);
  await db.query("UPDATE unified_items SET deleted_at = updated_at WHERE external_id = 'item-7'");
  const count = async (query: string): Promise<number> => (await get(`/data?${query}`)).json().data.length;
  const counts = [
    await count(''),
    await count('include_deleted=true'),
    await count('deleted=true'),
    await count('include_deleted=false&updated_after=2020-01-01T00:00:00Z'),
  ];
  expect(counts).toEqual([6, 7, 7, 6]);
  expect((await get('/data?include_deleted=true&deleted=only')).json()).toMatchObject({
    error: { code: 'conflicting_parameters', parameter: 'include_deleted' },
  });
  await db.query('UPDATE unified_items SET deleted_at = NULL');
});

test('one item has the time of its last change', async () => {
  const { get } = await served(db);
  const { headers } = await get('/data/news/item-3');
  expect(headers['last-modified']).toBe('Thu, 01 Jan 2026 00:00:03 GMT');
});

test('the same content is answered with 304', async () => {
  const { get } = await served(db);
  const { headers } = await get('/data');
  const again = await get('/data', { 'if-none-match': headers['etag']! });
  expect(again).toMatchObject({ status: 304, text: '' });
});

test('a copy that could miss deletions is refused, and a new one is not', async () => {
  const own = await migratedDatabase();
  await addItems(own, 3);
  const { get } = await served(own);
  await own.query("INSERT INTO etl_purge VALUES ('unified_items', '2025-06-01 00:00:00.000', 1)");
  const old = await get('/data?updated_after=2025-06-01T00:00:00Z');
  expect(old.status).toBe(410);
  expect(JSON.parse(old.text)).toMatchObject({
    error: { code: 'copy_too_old', parameter: 'updated_after' },
  });
  for (const query of [
    'updated_after=2025-06-01T00:00:00.001Z',
    'updated_after=1970-01-01T00:00:00Z',
    'updated_after=2025-05-01T00:00:00Z&deleted=false',
    'page_size=2',
  ]) {
    expect([query, (await get(`/data?${query}`)).status]).toEqual([query, 200]);
  }
  // Between an upgrade and the first run.
  await own.query('DROP TABLE etl_purge');
  expect((await get('/data?updated_after=2025-05-01T00:00:00Z')).status).toBe(200);
});
