import { expect, test } from 'vitest';
import { customProperty } from '../../src/sources/trestle/datasets/custom-property.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import type { RunOptions } from '../../src/run/active-run.ts';
import { verify } from '../../src/run/repair/verify.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';

/** Loads a feed, then takes `count` listings back to an older timestamp, with other content. */
async function takenBack(count: number): Promise<Pipeline & { keys: string[] }> {
  const pipe = await pipeline({ listings: 200 });
  await pipe.run({ resources: [property] });
  const { feed } = pipe.sandbox;
  const keys = [...feed.records('Property')].slice(0, count).map((record) => readText(record, 'ListingKey'));
  for (const [nth, key] of keys.entries()) {
    const record = feed.get('Property', key)!;
    // Some stay close to where they were, others leave for a time long before.
    const back = nth % 2 === 0 ? 1000 : 400 * 86_400_000;
    const at = Date.parse(readText(record, 'ModificationTimestamp')) - back;
    feed.put('Property', {
      ...record,
      City: `Corrected ${nth}`,
      ModificationTimestamp: new Date(at).toISOString(),
    });
  }
  return { ...pipe, keys };
}

const READS: [name: string, options: Partial<RunOptions>][] = [
  ['full-load', { mode: 'full-load' }],
  ['full-load --restart', { mode: 'full-load', restart: true }],
  ['full-load --strategy replication', { mode: 'full-load', strategy: 'replication' }],
  ['sync --since', { since: '2001-01-01T00:00:00Z' }],
];

test.each(READS)('promise 6: %s stores the older versions that the feed shows now', async (_, options) => {
  const { sandbox, db, run, keys } = await takenBack(50);
  const outcome = await run({ resources: [property], ...options });
  expect(outcome.totals).toMatchObject({ updated: keys.length, older: 0, unchanged: 150 });
  expect(await expectParity(sandbox, db, property)).toBe(200);
});

test('promise 8: a census finds versions that went back, and reconcile fetches each by its key, once', async () => {
  const { sandbox, db, reconcile, keys } = await takenBack(50);
  expect(await reconcile()).toMatchObject({ fetched: keys.length, deleted: 0 });
  expect(await expectParity(sandbox, db, property)).toBe(200);
  expect(await reconcile()).toMatchObject({ fetched: 0 });
});

test('promise 10: verify reports versions that went back as stale with exit code 1, and why agrees', async () => {
  const { sandbox, db, keys, reconcile } = await takenBack(50);
  const folder = configured(sandbox, db, { RESOURCES: 'Property' });
  const before = await trestle(folder, ['verify', '--json']);
  expect(before.code).toBe(1);
  const { resources } = JSON.parse(before.stdout) as { resources: Record<string, object> };
  expect(resources['Property']).toMatchObject({ missing: [], stale: keys.toSorted(), extra: [] });
  expect((await trestle(folder, ['why', keys[0]!])).stdout).toContain(
    'has an older version; the row is stale: the next reconcile writes it',
  );
  await reconcile();
  expect(await trestle(folder, ['verify'])).toMatchObject({ code: 0, stderr: '' });
  expect((await trestle(folder, ['why', keys[0]!])).stdout).toContain('has this version');
});

test('promise 6: a plain sync keeps the newer version: the page may come from a replica that lags', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 20 });
  const [key] = sandbox.feed.changeListings(1);
  await run({ resources: [property] });
  const newer = sandbox.feed.get('Property', key!)!;
  const at = Date.parse(readText(newer, 'ModificationTimestamp'));
  sandbox.feed.put('Property', {
    ...newer,
    City: 'Lagging',
    ModificationTimestamp: new Date(at - 60_000).toISOString(),
  });
  expect((await run({ resources: [property] })).totals).toMatchObject({ older: 1, updated: 0 });
  // The replica has caught up.
  sandbox.feed.put('Property', newer);
  await run({ resources: [property] });
  expect(await expectParity(sandbox, db, property)).toBe(20);
});

test('promise 6: a timestamp in the future that the feed corrects is repaired by the next plain sync', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 30 });
  const { feed } = sandbox;
  const keys = [...feed.records('Property')].slice(0, 5).map((record) => readText(record, 'ListingKey'));
  for (const key of keys) {
    const record = feed.get('Property', key)!;
    feed.put('Property', { ...record, City: 'Ahead', ModificationTimestamp: '2099-01-01T00:00:00.000Z' });
  }
  await run({ resources: [property] });
  for (const key of keys) {
    const record = feed.get('Property', key)!;
    const now = new Date().toISOString();
    feed.put('Property', { ...record, City: 'Now', ModificationTimestamp: now });
  }
  const outcome = await run({ resources: [property] });
  expect(outcome.totals).toMatchObject({ updated: keys.length, older: 0 });
  expect(await expectParity(sandbox, db, property)).toBe(30);
});

test('promise 5: a good version that is older than the one in quarantine clears its entry', async () => {
  const { sandbox, db, run, reconcile, tools } = await pipeline({ listings: 40 });
  const { feed } = sandbox;
  const before = new Map(
    [...feed.records('Property')].map((record) => [readText(record, 'ListingKey'), record]),
  );
  const [bad] = feed.corrupt(1);
  await run({ resources: [property] });
  expect(await db.query('SELECT record_key FROM etl_quarantine')).toEqual([{ record_key: bad }]);
  expect(await verify(tools(), property, undefined)).toMatchObject({ missing: [] });
  feed.put('Property', before.get(bad!)!);
  // Quarantine explains only the version that it holds.
  expect(await verify(tools(), property, undefined)).toMatchObject({ missing: [bad] });
  expect(await reconcile()).toMatchObject({ fetched: 1 });
  expect(await db.query('SELECT record_key FROM etl_quarantine')).toEqual([]);
  expect(await expectParity(sandbox, db, property)).toBe(40);
});

test('promise 6: the custom record of a listing that went back is fetched again', async () => {
  const { sandbox, db, run, reconcile } = await pipeline({ listings: 30 });
  const resources = [property, customProperty];
  await run({ resources });
  const [record] = [...sandbox.feed.records('Property')];
  const at = new Date(Date.parse(readText(record!, 'ModificationTimestamp')) - 60_000).toISOString();
  sandbox.feed.put('Property', { ...record!, City: 'Back', ModificationTimestamp: at });
  await reconcile();
  const outcome = await run({ resources });
  expect(outcome.resources['CustomProperty']).toMatchObject({ sets: 1, older: 0 });
  const [row] = await db.query<{ n: string }>('SELECT COUNT(*) AS n FROM properties WHERE custom_due = 1');
  expect(row).toEqual({ n: '0' });
});

test('HISTORY=on: asof shows what was stored at a time, also after a version went back', async () => {
  const { sandbox, db, run, reconcile } = await pipeline({ listings: 10 });
  const { feed } = sandbox;
  const [first] = [...feed.records('Property')];
  const key = readText(first!, 'ListingKey');
  const put = (price: number, at: string): void =>
    feed.put('Property', { ...feed.get('Property', key)!, ListPrice: price, ModificationTimestamp: at });
  put(100, '2026-03-01T00:00:00.000Z');
  await run({ resources: [property] }, { keepHistory: true });
  put(200, '2026-03-02T00:00:00.000Z');
  await run({ resources: [property], since: '2026-01-01T00:00:00Z' }, { keepHistory: true });
  put(100, '2026-03-01T00:00:00.000Z');
  await reconcile({}, { keepHistory: true });
  const kept = await db.query<Record<'old_value' | 'new_value' | 'upstream_at', string>>(
    'SELECT old_value, new_value, upstream_at FROM listing_change WHERE listing_key = ? ORDER BY changed_at',
    [key],
  );
  expect(
    kept.map((row) => [Number(row.old_value), Number(row.new_value), row.upstream_at.slice(0, 10)]),
  ).toEqual([
    [100, 200, '2026-03-02'],
    [200, 100, '2026-03-01'],
  ]);
});
