import { expect, test } from 'vitest';
import { served } from '../helpers/serve.ts';
import { addItems } from '../helpers/stored-items.ts';
import { migratedDatabase } from '../helpers/template.ts';

// Faults of the designs that this tool replaces: docs/items-pitfalls.md.

test('fault 1: /health answers 200 for a database that answers, and unhealthy only for one that does not', async () => {
  const db = await migratedDatabase();
  await addItems(db, 1);
  const good = await (await served(db)).get('/health');
  expect(good).toMatchObject({ status: 200 });
  // Nothing is loaded yet.
  expect(good.json()).toMatchObject({ data: { status: 'degraded' } });
  const bad = await (await served({ env: { ...db.env, MYSQL_PORT: '1' } })).get('/health');
  expect(bad).toMatchObject({ status: 503 });
  expect(bad.json()).toMatchObject({ data: { status: 'unhealthy' } });
});

test('fault 14: items that are stored while pages are read neither repeat an item nor hide one', async () => {
  const db = await migratedDatabase();
  await addItems(db, 6);
  const { get } = await served(db);
  const first = (await get('/data?page_size=3')).json();
  await addItems(db, 3, (nth) => ({
    external_id: `newer-${nth}`,
    published_at: '2026-02-01 00:00:00',
    updated_at: '2026-02-01 00:00:00',
  }));
  const cursor = encodeURIComponent(first.metadata.pagination.next_cursor!);
  const second = (await get(`/data?page_size=3&cursor=${cursor}`)).json();
  const ids = [...first.data, ...second.data].map(({ external_id: id }) => id);
  expect(ids).toEqual(['item-6', 'item-5', 'item-4', 'item-3', 'item-2', 'item-1']);
});

test('fault 14: % and _ of a search are letters', async () => {
  const db = await migratedDatabase();
  const titles = ['50% off', '50 euros off', 'a_b', 'axb'];
  await addItems(db, titles.length, (nth) => ({ title: titles[nth - 1] }));
  const { get } = await served(db);
  for (const [search, found] of [
    ['0%', ['50% off']],
    ['a_b', ['a_b']],
    ['%', ['50% off']],
  ] as const) {
    const { data } = (await get(`/data?search=${encodeURIComponent(search)}`)).json();
    expect(data.map(({ title }) => title)).toEqual(found);
  }
});
