import { expect, test } from 'vitest';
import { connect, text } from './client.ts';

/** Of this process's own work, in milliseconds: what else the machine does must not count. */
const clock = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

// Limits are many times what it takes on two slow cores: they catch quadratic work, not a bad day.
test('25,000 listings and 75,000 media are fast enough for tests', async () => {
  let start = clock();
  const client = await connect({ listings: 25_000 });
  const { feed } = client.sandbox;
  expect([feed.size('Property'), feed.size('Media')]).toEqual([25_000, 75_000]);
  expect(clock() - start).toBeLessThan(20_000);

  start = clock();
  const $orderby = 'ModificationTimestamp asc,ListingKey asc';
  let rows = await pageAfter('2024-05-01T00:00:00.000-00:00', '');
  for (let page = 0; page < 20; page++) {
    feed.changeListings(50);
    const last = rows.at(-1)!;
    rows = await pageAfter(text(last['ModificationTimestamp']), text(last['ListingKey']));
    expect(rows).toHaveLength(200);
  }
  expect((clock() - start) / 20).toBeLessThan(500);

  start = clock();
  const census = await client.query('Media', { $select: 'MediaKey,ResourceRecordKey', $top: 300_000 });
  expect(new Set(census.rows.map((row) => row['MediaKey'])).size).toBe(75_000);
  expect(clock() - start).toBeLessThan(5000);

  start = clock();
  const records = [...feed.records('Property')];
  for (const record of records) feed.put('Property', { ...record, City: 'Elsewhere' });
  expect((await client.query('Property', { $filter: "City eq 'Elsewhere'", $count: true })).count).toBe(
    25_000,
  );
  expect(clock() - start).toBeLessThan(5000);

  async function pageAfter(time: string, key: string): Promise<Record<string, unknown>[]> {
    const $filter = `(ModificationTimestamp gt ${time} or (ModificationTimestamp eq ${time} and ListingKey gt '${key}'))`;
    return (await client.query('Property', { $filter, $orderby, $top: 200 })).rows;
  }
});
