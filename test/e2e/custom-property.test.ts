import { expect, test } from 'vitest';
import { verify } from '../../src/run/repair/verify.ts';
import { planRun } from '../../src/run/plan.ts';
import { customProperty } from '../../src/sources/trestle/datasets/custom-property.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { pipeline } from '../helpers/pipeline.ts';

const both = { resources: [property, customProperty] };
const again = { ...both, mode: 'full-load' } as const;

/** Every custom record is here as it is served, with the version of its listing. @returns how many there are. */
async function expectSame(sandbox: Sandbox, db: FreshDatabase): Promise<number> {
  const rows = await db.query<Record<'listing_key' | 'payload' | 'at' | 'version', string>>(
    'SELECT c.listing_key, r.payload, CAST(c.listing_modification_timestamp AS CHAR) AS at, ' +
      'CAST(p.modification_timestamp AS CHAR) AS version FROM custom_properties c ' +
      'JOIN custom_properties_raw r ON r.listing_key = c.listing_key ' +
      'JOIN properties p ON p.listing_key = c.listing_key AND p.deleted_at IS NULL WHERE c.deleted_at IS NULL',
  );
  const served = [...sandbox.feed.records('CustomProperty')].map((record) => [
    readText(record, 'ListingKey'),
    sandbox.feed.serveText('CustomProperty', record),
  ]);
  expect(new Map(rows.map((row) => [row.listing_key, row.payload]))).toEqual(
    new Map(served as [string, string][]),
  );
  for (const { at, version } of rows) expect(at).toBe(version);
  return rows.length;
}

const asked = (sandbox: Sandbox): { readonly query: Readonly<Record<string, string>> }[] =>
  sandbox.requests.filter((request) => request.resource === 'CustomProperty' && request.kind === 'data');

/** Counts of requests hold for this strategy. */
const separately = { childStrategy: 'resource' } as const;

test('promise 9: what has no time of its own follows its listings, in few calls', async () => {
  const { sandbox, db, run, lines } = await pipeline({ listings: 700 });
  const first = await run(both, separately);
  expect(first.status).toBe('success');
  const all = await expectSame(sandbox, db);
  expect(all).toBeGreaterThan(400);
  expect(asked(sandbox).length).toBeLessThan(6);

  sandbox.requests.length = 0;
  await run(both, separately);
  expect(asked(sandbox)).toEqual([]);

  const changed = sandbox.feed.changeListings(40);
  sandbox.feed.addListings(5);
  const second = await run(both, separately);
  expect(asked(sandbox)).toHaveLength(1);
  expect(asked(sandbox)[0]!.query['$filter']).toContain(changed[0]!);
  expect(second.resources['CustomProperty']).toMatchObject({ pages: 1, sets: 45, rejected: 0 });
  await expectSame(sandbox, db);
  expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('a record that is gone is asked for once more and kept until a reconcile has proven it', async () => {
  const { sandbox, db, run, reconcile } = await pipeline({ listings: 80 });
  await run(both);
  const [gone] = [...sandbox.feed.records('CustomProperty')].map((record) => readText(record, 'ListingKey'));
  sandbox.feed.remove('CustomProperty', gone!);
  sandbox.feed.touch('Property', gone!);
  sandbox.requests.length = 0;
  expect((await run(both)).resources['CustomProperty']).toMatchObject({ deleted: 0, unproven: 1 });
  expect(asked(sandbox)).toHaveLength(2);
  const isHere = async (): Promise<unknown> =>
    (
      await db.query(
        'SELECT CAST(deleted_at IS NULL AS CHAR) AS here FROM custom_properties WHERE listing_key = ?',
        [gone],
      )
    )[0];
  expect(await isHere()).toEqual({ here: '1' });
  expect(await reconcile({ resource: customProperty })).toMatchObject({ candidates: 1, deleted: 1 });
  expect(await isHere()).toEqual({ here: '0' });
  await expectSame(sandbox, db);

  // Then its listing waits for it no more.
  sandbox.feed.touch('Property', gone!);
  const after = await run(both);
  expect(after).toMatchObject({ status: 'success' });
  expect(after.resources['CustomProperty']).toMatchObject({ unproven: 0 });
  expect(await db.query('SELECT custom_due AS due FROM properties WHERE listing_key = ?', [gone])).toEqual([
    { due: 0 },
  ]);
});

test('verify does not miss a record whose listing is not here', async () => {
  const { sandbox, run, tools } = await pipeline({ listings: 30 });
  await run(both);
  sandbox.feed.put('CustomProperty', { ListingKey: 'of-nobody', ListingId: 'X' });
  expect(await verify(tools(), customProperty, undefined)).toMatchObject({ missing: [], extra: [] });
});

test('promise 10: verify names what is missing and extra; reconcile fetches it with its listing’s version', async () => {
  const { sandbox, db, run, reconcile, tools } = await pipeline({ listings: 80 });
  await run(both);
  await db.query('DELETE FROM custom_properties ORDER BY listing_key LIMIT 3');
  const parity = await verify(tools(), customProperty, '2026-01-01T00:00:00Z');
  expect(parity).toMatchObject({ stale: [], extra: [] });
  expect(parity.missing).toHaveLength(3);
  expect(await reconcile({ resource: customProperty })).toMatchObject({ fetched: 3, deleted: 0 });
  await expectSame(sandbox, db);
  expect(await verify(tools(), customProperty, undefined)).toMatchObject({ missing: [], extra: [] });
});

test('a full-load over complete tables reads every record once more, and goes on where it was interrupted', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 300 });
  const small = { odata: { pageSize: 50 } };
  await run(both, small);
  sandbox.requests.length = 0;
  const part = await run({ ...again, maxPages: 2 }, small);
  expect(part.status).toBe('partial');
  let interrupted = 1;
  while ((await run({ ...again, maxPages: 2 }, small)).status === 'partial') interrupted += 1;
  const keys = asked(sandbox).flatMap(({ query }) =>
    [...query['$filter']!.matchAll(/'(\d+)'/g)].map(([, key]) => key),
  );
  // Each time one batch was fetched ahead.
  expect(keys.length).toBeLessThanOrEqual(300 + 50 * interrupted);
  expect(new Set(keys).size).toBe(300);
  await expectSame(sandbox, db);
});

test('with the listing its record goes and comes back', async () => {
  const { sandbox, db, run, reconcile } = await pipeline({ listings: 60 });
  await run(both);
  const [record] = [...sandbox.feed.records('CustomProperty')];
  const key = readText(record!, 'ListingKey');
  const listing = sandbox.feed.get('Property', key)!;
  sandbox.feed.remove('Property', key);
  sandbox.feed.remove('CustomProperty', key);
  await reconcile();
  await expectSame(sandbox, db);
  sandbox.feed.put('Property', { ...listing, ModificationTimestamp: new Date().toISOString() });
  sandbox.feed.put('CustomProperty', record!);
  await run(both);
  await expectSame(sandbox, db);
});

test('promise 14: a plan knows how few calls it takes', async () => {
  const { sandbox, run, tools } = await pipeline({ listings: 700 });
  await run(both, separately);
  sandbox.feed.changeListings(300);
  const plan = async (mode: 'sync' | 'full-load') =>
    (await planRun(tools(separately), mode, both.resources, true)).resources.find(
      ({ resource }) => resource === 'CustomProperty',
    );
  expect(await plan('full-load')).toMatchObject({ records: 700, calls: 3 });
  const expected = await plan('sync');
  sandbox.requests.length = 0;
  await run(both, separately);
  expect(expected!.calls).toBe(asked(sandbox).length);
});

test('doctor and fields list know that its time is no field of the feed', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 20 });
  const folder = configured(sandbox, db, { RESOURCES: 'Property,CustomProperty' });
  await run(both);
  const { stdout } = await trestle(folder, ['doctor', '--json']);
  const { checks } = JSON.parse(stdout) as { checks: { name: string; result: string }[] };
  expect(checks.find(({ name }) => name === 'API CustomProperty')).toMatchObject({ result: 'ok' });
  const list = await trestle(folder, ['fields', 'list', 'CustomProperty', '--missing']);
  expect(list.stdout).toContain('no fields match');
});
