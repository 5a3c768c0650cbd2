import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listVerified } from '../../src/commands/shared/verified.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { verify } from '../../src/run/repair/verify.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { pipeline } from '../helpers/pipeline.ts';

test('promise 10: if every key and version is in step, one request proves it and the exit code is 0', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 1100 });
  await run({ resources: [property] });
  sandbox.requests.length = 0;
  const folder = configured(sandbox, db);
  const ended = await trestle(folder, ['verify']);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toMatch(/Property\s+1,100\s+1,100\s+0\s+0\s+0/);
  expect(sandbox.requests.filter((request) => request.kind === 'data')).toHaveLength(1);
  expect(listVerified(join(folder, 'state'))).toEqual([
    { resource: 'Property', at: expect.any(Number), upstream: 1100, here: 1100, differing: 0 },
  ]);
});

test('promise 10: what is missing, stale and extra is named, each and nothing else', async () => {
  const { sandbox, db, run, tools } = await pipeline({ listings: 1000 });
  await run({ resources: [property] });
  const gone = sandbox.feed.removeListings(7);
  const changed = sandbox.feed.changeListings(9);
  const lost = await db.query<{ k: string }>(
    'SELECT listing_key AS k FROM properties WHERE listing_key NOT IN (?) ORDER BY listing_key LIMIT 5',
    [[...gone, ...changed]],
  );
  await db.query('DELETE FROM properties WHERE listing_key IN (?)', [lost.map((row) => row.k)]);
  const parity = await verify(tools({ odata: { pageSize: 100 } }), property, undefined);
  expect(parity).toMatchObject({ upstream: 993, here: 995 });
  expect(parity.missing).toEqual(lost.map((row) => row.k).sort());
  expect(parity.stale).toEqual([...new Set(changed)].sort());
  expect(parity.extra).toEqual([...gone].sort());

  const folder = configured(sandbox, db);
  const ended = await trestle(folder, ['verify', '--json']);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/^trestle-etl: not in step with the feed: Property — .*reconcile.*\n$/);
  const json = JSON.parse(ended.stdout) as { resources: { Property: { extra: string[] } } };
  expect(json.resources.Property.extra).toEqual([...gone].sort());
  expect(listVerified(join(folder, 'state'))).toMatchObject([{ upstream: 993, here: 995, differing: 21 }]);
});

test('promise 10: what quarantine explains is not called missing', async () => {
  const { sandbox, run, tools } = await pipeline({ listings: 400 });
  await run({ resources: [property] });
  sandbox.feed.corrupt(6);
  await run({ resources: [property] });
  expect(await verify(tools(), property, undefined)).toMatchObject({ missing: [], stale: [], extra: [] });
});

test('promise 10: a listing missing and a listing too many in one window do not cancel out, nor do photos that moved', async () => {
  const { sandbox, db, run, tools } = await pipeline({ listings: 300 });
  await run({ resources: [property] });
  const [gone] = sandbox.feed.removeListings(1);
  const [lost] = await db.query<{ k: string }>(
    'SELECT listing_key AS k FROM properties WHERE listing_key <> ? LIMIT 1',
    [gone],
  );
  await db.query('DELETE FROM properties WHERE listing_key = ?', [lost!.k]);
  const moved = sandbox.feed.changePhotos(4, { touchListing: false }).filter((key) => key !== lost!.k);
  expect(await verify(tools(), property, undefined)).toEqual({
    upstream: 299,
    here: 299,
    missing: [lost!.k],
    stale: moved.toSorted(),
    extra: [gone],
  });
});

test('--since looks at the newest only', async () => {
  const { sandbox, db, run, tools } = await pipeline({ listings: 500 });
  await run({ resources: [property] });
  await db.query('DELETE FROM properties ORDER BY modification_timestamp LIMIT 3');
  const [changed] = sandbox.feed.changeListings(1);
  const parity = await verify(tools(), property, '2026-04-01T00:00:00Z');
  expect(parity).toMatchObject({ upstream: 1, here: 0, missing: [], stale: [changed], extra: [] });
});
