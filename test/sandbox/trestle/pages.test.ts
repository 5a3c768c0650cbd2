import { describe, expect, test } from 'vitest';
import { connect, text } from './client.ts';

describe('keyset pages', () => {
  test('return every row once, across ties that page boundaries split', async () => {
    const client = await connect({ listings: 90 });
    client.sandbox.feed.tie(37);
    client.sandbox.feed.tie(11, '2025-01-01T00:00:00.123-00:00');
    const rows = await client.keyset('Property', 'ListingKey', 5);
    const keys = rows.map((row) => text(row['ListingKey']));
    expect(new Set(keys).size).toBe(90);
    expect(keys).toHaveLength(90);
    const media = await client.keyset('Media', 'MediaKey', 7);
    expect(new Set(media.map((row) => row['MediaKey'])).size).toBe(client.sandbox.feed.size('Media'));
  });

  test('lose nothing if records change during the read', async () => {
    const client = await connect({ listings: 60 });
    client.sandbox.onRequest = () => void client.sandbox.feed.changeListings(2);
    const rows = await client.keyset('Property', 'ListingKey', 10);
    expect(new Set(rows.map((row) => row['ListingKey'])).size).toBe(60);
  });

  test('with a cursor of time alone lose the rest of a tie', async () => {
    const client = await connect({ listings: 30 });
    client.sandbox.feed.tie(12, '2025-06-01T00:00:00.000-00:00');
    const $filter =
      'ModificationTimestamp ge 2025-06-01T00:00:00Z and ModificationTimestamp le 2025-06-01T00:00:00Z';
    expect((await client.query('Property', { $filter, $top: 5 })).rows).toHaveLength(5);
    const rest = await client.query('Property', { $filter: $filter.replace(' ge ', ' gt ') });
    expect(rest.rows).toEqual([]);
  });

  test('compare instants finer than milliseconds', async () => {
    const client = await connect({ listings: 3 });
    client.sandbox.feed.tie(3, '2025-06-01T00:00:00.773-00:00');
    const found = async (condition: string): Promise<number> =>
      (await client.query('Property', { $filter: `ModificationTimestamp ${condition}` })).rows.length;
    expect(await found('gt 2025-06-01T02:00:00.772+02:00')).toBe(3);
    expect(await found('gt 2025-06-01T02:00:00.773+02:00')).toBe(0);
    expect(await found('ge 2025-05-31T20:00:00.773-04:00')).toBe(3);
    expect(await found('ge 2025-06-01T00:00:00.773001Z')).toBe(0);
  });

  test('compare keys as text', async () => {
    const client = await connect({ listings: 0 });
    for (const ListingKey of ['9', '10', '100', '2'])
      client.sandbox.feed.put('Property', {
        ListingKey,
        ModificationTimestamp: '2025-01-01T00:00:00.000-00:00',
      });
    const rows = await client.keyset('Property', 'ListingKey', 1);
    expect(rows.map((row) => row['ListingKey'])).toEqual(['10', '100', '2', '9']);
  });
});

describe('a next link', () => {
  test('is on every full page, also on the last one', async () => {
    const client = await connect({ listings: 20 });
    const one = await client.query('Property', {
      $top: 10,
      $select: 'City,ListingKey',
      $filter: "City ne 'it''s'",
    });
    expect(one.next).toBe(
      `${client.sandbox.url}/Property?$top=10&$select=City%2cListingKey&$filter=City+ne+%27it%27%27s%27&$skip=10`,
    );
    const two = await client.get(one.next!);
    expect(two.rows).toHaveLength(10);
    const three = await client.get(two.next!);
    expect([three.rows, three.next]).toEqual([[], undefined]);
    expect((await client.query('Property', { $top: 21 })).next).toBeUndefined();
  });

  test('follows the server’s own page size', async () => {
    const client = await connect({ listings: 20, pageCap: 8 });
    const keys = new Set<unknown>();
    let target: string | undefined = '/Property?$top=15';
    const sizes: number[] = [];
    while (target !== undefined) {
      const page = await client.get(target);
      sizes.push(page.rows.length);
      for (const row of page.rows) keys.add(row['ListingKey']);
      target = page.next;
    }
    expect(sizes).toEqual([8, 8, 4]);
    expect(keys.size).toBe(20);
  });

  test('misses a row if one that was already read changes in between', async () => {
    const client = await connect({ listings: 30 });
    const $orderby = 'ModificationTimestamp asc,ListingKey asc';
    const one = await client.query('Property', { $orderby, $top: 10 });
    client.sandbox.feed.touch('Property', text(one.rows[0]!['ListingKey']));
    const two = await client.get(one.next!);
    const three = await client.get(two.next!);
    const keys = [one, two, three].flatMap(({ rows }) => rows.map((row) => row['ListingKey']));
    expect(keys).toHaveLength(30);
    expect(new Set(keys).size).toBe(29);
  });
});

describe('replication', () => {
  test('repeats the same link, and returns every row once, in no order', async () => {
    const client = await connect({ listings: 50 });
    const first = await client.query('Property', {
      replication: true,
      $top: 20,
      $orderby: 'ModificationTimestamp asc',
      $count: true,
    });
    expect(first.count).toBe(50);
    expect(first.next).toMatch(/\/trestle\/odata\/Property\/replication\?id=1-[0-9a-f-]{36}$/);
    const second = await client.get(first.next!);
    expect(second.next).toBe(first.next);
    const third = await client.get(first.next!);
    expect(third.next).toBeUndefined();
    const rows = [first, second, third].flatMap((page) => page.rows);
    expect(new Set(rows.map((row) => row['ListingKey'])).size).toBe(50);
    const times = rows.map((row) => text(row['ModificationTimestamp']));
    expect(times).not.toEqual([...times].sort());
  });

  test('expires after five minutes without a request', async () => {
    let now = Date.UTC(2026, 3, 1);
    const client = await connect({ listings: 50, now: () => now });
    const { next } = await client.query('Property', { replication: true, $top: 10 });
    now += 299_000;
    expect((await client.get(next!)).status).toBe(200);
    now += 299_000;
    expect((await client.get(next!)).status).toBe(200);
    now += 300_000;
    const dead = await client.get(next!);
    expect(dead.status).toBe(404);
    expect(dead.error).toContain('expired');
  });

  test('accepts no $skip', async () => {
    const client = await connect();
    const { next } = await client.query('Property', { replication: true, $top: 10 });
    expect((await client.get(`${next}&$skip=10`)).status).toBe(400);
    expect((await client.get('/Media/replication?id=1-2')).status).toBe(404);
  });

  test('skips a page whose answer was lost', async () => {
    const client = await connect({ listings: 50 });
    const { next, rows } = await client.query('Property', { replication: true, $top: 10 });
    client.sandbox.faults.add({ kind: 'reset' });
    await expect(client.get(next!)).rejects.toThrow();
    const again = await client.get(next!);
    const last = await client.get(next!);
    const end = await client.get(next!);
    expect(rows.length + again.rows.length + last.rows.length + end.rows.length).toBe(40);
  });
});
