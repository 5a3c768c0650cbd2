import { beforeEach, describe, expect, test } from 'vitest';
import { fromSqlDateTime } from '../../src/lib/time.ts';
import { describeNextCopy, LATE_MS } from '../../src/serve/replication.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { served } from '../helpers/serve.ts';
import { addListings } from '../helpers/stored-listings.ts';
import { migratedDatabase } from '../helpers/template.ts';

const ALL = 'updated_after=1970-01-01T00:00:00Z';
const ENV = { SERVE_LISTINGS: 'on' };

let db: FreshDatabase;
beforeEach(async () => {
  db = await migratedDatabase();
  await addListings(db, 5);
});

describe('next_updated_after', () => {
  test('is two minutes before the first page of the walk, however long the walk takes', async () => {
    const { get } = await served(db, ENV);
    const before = Date.now();
    const first = (await get(`/listings?${ALL}&page_size=3`)).json().metadata;
    const after = Date.now();
    expect(first.next_updated_after).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const last = (await get(`/listings?${ALL}&page_size=3&cursor=${first.pagination.next_cursor!}`)).json()
      .metadata;
    const next = Date.parse(last.next_updated_after!) + LATE_MS;
    expect(next).toBeGreaterThanOrEqual(before);
    expect(next).toBeLessThanOrEqual(after);
  });

  test.each([
    'sort_order=desc',
    'deleted=false&sort_by=list_price',
    'page_size=3&page=2',
    'page_size=4&page=2&sort_order=asc',
  ])('is missing for %s, whose pages can miss changes', async (parameters) => {
    const { get } = await served(db, ENV);
    const reply = await get(`/listings?${ALL}&${parameters}`);
    expect(reply.status).toBe(200);
    expect(reply.json().metadata).toMatchObject({ pagination: { has_next: false } });
    expect(reply.json().metadata).not.toHaveProperty('next_updated_after');
  });

  test('is not before updated_after', () => {
    const order = { column: 'updated_at', key: 'id', direction: 'asc', isNullable: false } as const;
    const since = '2026-03-19 10:00:00.000';
    const place = { pagination: { has_next: false } as never, startedAt: fromSqlDateTime(since) + 1000 };
    expect(describeNextCopy(since, order, place)).toEqual({ nextUpdatedAfter: '2026-03-19T10:00:00.000Z' });
  });
});

describe('If-None-Match', () => {
  test('a page that has not changed is 304, although its cursor has another time', async () => {
    const { get } = await served(db, ENV);
    const path = '/listings?page_size=2';
    const first = await get(path);
    expect((await get(path, { 'if-none-match': first.headers['etag']! })).status).toBe(304);
  });

  test('a page of a feed that became stale is sent again, with fresh: false', async () => {
    const completed = new Date(Date.now() - 60_000).toISOString().replace('T', ' ').replace('Z', '');
    await db.query(
      "INSERT INTO etl_watermark (resource, complete_at, version, run_id, updated_at) VALUES ('Property', ?, 1, 1, ?), ('Media', ?, 1, 1, ?)",
      [completed, completed, completed, completed],
    );
    await db.query(
      "INSERT INTO etl_sync_log (source, mode, status, sync_start, sync_end, detail, host, pid, version, updated_at) VALUES ('trestle', 'full-load', 'success', ?, ?, ?, 'h', 1, '1', ?)",
      [completed, completed, JSON.stringify({ Property: {}, Media: {} }), completed],
    );
    const path = '/listings?page_size=2';
    const fresh = await (await served(db, { ...ENV, ALERT_MAX_AGE: '1h' })).get(path);
    expect(fresh.json().metadata).toMatchObject({ fresh: true });
    const { get } = await served(db, { ...ENV, ALERT_MAX_AGE: '30s' });
    const stale = await get(path, { 'if-none-match': fresh.headers['etag']! });
    expect(stale.status).toBe(200);
    expect(stale.json().metadata).toMatchObject({ fresh: false });
  });
});
