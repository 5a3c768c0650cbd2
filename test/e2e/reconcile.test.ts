import { expect, test } from 'vitest';
import { FatalError } from '../../src/errors.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';

const alive = async ({ db }: Pipeline, table = 'properties') => {
  const [row] = await db.query<{ n: string }>(`SELECT COUNT(*) AS n FROM ${table} WHERE deleted_at IS NULL`);
  return Number(row!.n);
};

test('promise 8: what vanished is found exactly, marked with its media, and journalled', async () => {
  const all = await pipeline({ listings: 300 });
  const { sandbox, db, run, reconcile } = all;
  await run();
  const gone = sandbox.feed.removeListings(12);
  sandbox.requests.length = 0;
  const findings = await reconcile();
  expect(findings).toEqual({ upstream: 288, here: 288, fetched: 0, candidates: 12, deleted: 12 });
  expect(sandbox.requests.filter((request) => request.kind === 'data').length).toBeLessThanOrEqual(5);
  const marked = await db.query<{ k: string }>(
    'SELECT listing_key AS k FROM properties WHERE deleted_at IS NOT NULL ORDER BY k',
  );
  expect(marked.map((row) => row.k)).toEqual([...gone].sort());
  const journal = await db.query<Record<string, string>>('SELECT * FROM etl_deletion ORDER BY record_key');
  expect(journal.map((row) => row['record_key'])).toEqual([...gone].sort());
  expect(journal.every((row) => row['version_timestamp'] !== null && row['run_id'] === '2')).toBe(true);
  expect(await expectParity(sandbox, db, property)).toBe(288);
  expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
  expect(await db.query('SELECT COUNT(*) AS n FROM etl_census')).toEqual([{ n: '0' }]);
  const [log] = await db.query<Record<string, string>>("SELECT * FROM etl_sync_log WHERE mode = 'reconcile'");
  expect(log).toMatchObject({ status: 'success', records_deleted: '12', records_processed: '0' });
});

test('promise 8: what is missing or stale is fetched by key', async () => {
  const { sandbox, db, run, reconcile } = await pipeline({ listings: 800 });
  await run({ resources: [property] });
  await db.query('DELETE FROM properties ORDER BY listing_key LIMIT 30');
  await db.query('DELETE FROM properties_raw WHERE listing_key NOT IN (SELECT listing_key FROM properties)');
  await db.query(
    "UPDATE properties SET modification_timestamp = '2020-01-01', city = 'Old', content_hash = REPEAT('0', 32) " +
      'ORDER BY listing_key DESC LIMIT 20',
  );
  const findings = await reconcile();
  expect(findings).toEqual({ upstream: 800, here: 800, fetched: 50, candidates: 0, deleted: 0 });
  expect(await expectParity(sandbox, db, property)).toBe(800);
});

test('promise 8: a loss of more than may go deletes nothing and says why; --force deletes', async () => {
  const all = await pipeline({ listings: 1000 });
  await all.run({ resources: [property] });
  all.sandbox.feed.removeListings(70);
  await expect(all.reconcile()).rejects.toThrow(/70 of 1000 rows \(7.0 %\).*nothing was deleted/);
  expect(await alive(all)).toBe(1000);
  all.sandbox.requests.length = 0;
  expect(await all.reconcile({ isForced: true })).toMatchObject({ deleted: 70 });
  expect(await alive(all)).toBe(930);
});

test('promise 8: a truncated census deletes nothing', async () => {
  const all = await pipeline({ listings: 500 });
  const { sandbox, run, reconcile } = all;
  await run({ resources: [property] });
  const records = [...sandbox.feed.records('Property')];
  const victims = records.slice(0, 10);
  // Whatever lists keys is shown a feed with holes; whatever counts is shown the whole.
  sandbox.onRequest = (seen) => {
    const isListing = seen.query['$top'] !== '0';
    for (const record of victims) {
      if (isListing) sandbox.feed.remove('Property', readText(record, 'ListingKey'));
      else sandbox.feed.put('Property', record);
    }
  };
  // The count that comes with the list is the whole feed's too: at the first census, whose end is asked for twice, and at the second.
  sandbox.faults.add({ kind: 'bad-count', by: 10, resource: 'Property' });
  sandbox.faults.add({ kind: 'bad-count', by: 10, resource: 'Property', skip: 3 });
  await expect(reconcile()).rejects.toThrow(
    /the census has 490 keys, the feed counted \d+, then 500: nothing was deleted/,
  );
  expect(await alive(all)).toBe(500);
});

test('promise 8: a count that does not fit the census deletes nothing', async () => {
  const all = await pipeline({ listings: 500 });
  await all.run({ resources: [property] });
  all.sandbox.feed.removeListings(10);
  all.sandbox.faults.add({ kind: 'bad-count', by: 3, count: Infinity, resource: 'Property' });
  await expect(all.reconcile()).rejects.toThrow(FatalError);
  expect(await alive(all)).toBe(500);
});

test('promise 8: a second look-up that finds nothing at all is not believed', async () => {
  const all = await pipeline({ listings: 300 });
  const { sandbox, run, reconcile } = all;
  await run({ resources: [property] });
  sandbox.feed.removeListings(5);
  const rest = [...sandbox.feed.records('Property')];
  sandbox.onRequest = (seen) => {
    const isLookUp = (seen.query['$filter'] ?? '').includes(' in (');
    for (const record of rest) {
      if (isLookUp) sandbox.feed.remove('Property', readText(record, 'ListingKey'));
      else sandbox.feed.put('Property', record);
    }
  };
  await expect(reconcile()).rejects.toThrow(/second look-up did not find/);
  expect(await alive(all)).toBe(300);
});

test('promise 8: a row that the census missed but the second look-up finds stays', async () => {
  const all = await pipeline({ listings: 300 });
  const { sandbox, run, reconcile } = all;
  await run({ resources: [property] });
  const [flickering] = [...sandbox.feed.records('Property')];
  sandbox.onRequest = (seen) => {
    if ((seen.query['$filter'] ?? '').includes(' in (')) sandbox.feed.put('Property', flickering!);
    else sandbox.feed.remove('Property', readText(flickering!, 'ListingKey'));
  };
  expect(await reconcile()).toMatchObject({ candidates: 1, deleted: 0 });
  expect(await alive(all)).toBe(300);
});

test('a server that refuses pages of 300,000 keys is asked for ordinary ones', async () => {
  const { sandbox, run, reconcile } = await pipeline({ listings: 700 });
  await run({ resources: [property] });
  sandbox.feed.removeListings(7);
  sandbox.faults.add({ kind: 'status', status: 400, resource: 'Property' });
  expect(await reconcile({}, { odata: { pageSize: 100 } })).toMatchObject({ upstream: 693, deleted: 7 });
});

test('an interrupted census is gone on with, and asks for no key twice', async () => {
  const all = await pipeline({ listings: 700, pageCap: 100 });
  const { sandbox, run, reconcile } = all;
  await run({ resources: [property] });
  sandbox.feed.removeListings(7);
  sandbox.faults.add({ kind: 'status', status: 503, resource: 'Property', skip: 3, count: 2 });
  await expect(reconcile({}, { odata: { maxRetries: 0 } })).rejects.toThrow(/503/);
  sandbox.faults.clear();
  sandbox.requests.length = 0;
  expect(await reconcile()).toMatchObject({ upstream: 693, deleted: 7 });
  const listing = sandbox.requests.filter((request) => request.query['$top'] === '300000');
  expect(listing[0]!.query['$filter']).toMatch(/ListingKey gt/);
  expect(listing.length).toBeLessThanOrEqual(5);
});

test('an interrupted census that a clock now set back began in the future is begun anew', async () => {
  const { sandbox, db, run, reconcile } = await pipeline({ listings: 300, pageCap: 100 });
  await run({ resources: [property] });
  sandbox.feed.removeListings(7);
  sandbox.faults.add({ kind: 'status', status: 503, resource: 'Property', skip: 2, count: 2 });
  await expect(reconcile({}, { odata: { maxRetries: 0 } })).rejects.toThrow(/503/);
  sandbox.faults.clear();
  await db.query('UPDATE etl_census_state SET began_at = began_at + INTERVAL 2 HOUR');
  sandbox.requests.length = 0;
  expect(await reconcile()).toMatchObject({ upstream: 293, deleted: 7 });
  expect(sandbox.requests[0]!.query['$filter']).toBeUndefined();
});

test('keys that are too long for a row here are counted, and trouble nothing else', async () => {
  const { sandbox, run, reconcile } = await pipeline({ listings: 50 });
  const [first] = sandbox.feed.records('Property');
  sandbox.feed.put('Property', { ...first!, ListingKey: '9'.repeat(256) });
  expect(await run({ resources: [property] })).toMatchObject({ status: 'partial' });
  sandbox.feed.remove('Property', readText(first!, 'ListingKey'));
  expect(await reconcile()).toMatchObject({ upstream: 50, deleted: 1 });
});

test('a filtered feed: what left the filter goes, and the journal tells it from what vanished', async () => {
  const all = await pipeline({ listings: 400 });
  const { sandbox, db, run, reconcile } = all;
  const filters = { Property: "StandardStatus eq 'Active'" };
  await run({ resources: [property] }, { odata: { filters } });
  const before = await alive(all);
  const active = [...sandbox.feed.records('Property')].filter(
    (record) => record['StandardStatus'] === 'Active',
  );
  sandbox.feed.put('Property', { ...active[0]!, StandardStatus: 'Closed' });
  sandbox.feed.remove('Property', readText(active[1]!, 'ListingKey'));
  expect(await reconcile({ maxDeletePercent: 50 }, { odata: { filters } })).toMatchObject({ deleted: 2 });
  expect(await alive(all)).toBe(before - 2);
  const reasons = await db.query<{ record_key: string; reason: string }>(
    'SELECT record_key, reason FROM etl_deletion',
  );
  const reasonOf = (index: number) =>
    reasons.find((row) => row.record_key === active[index]!['ListingKey'])!.reason;
  expect(reasonOf(0)).toContain('no longer matches the filter');
  expect(reasonOf(1)).toContain('absent from the census');
});

test('promise 14: before its first load is through a resource is not compared: its rows would be fetched by key', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 300 });
  const folder = configured(sandbox, db, { RESOURCES: 'Property,Member' });
  await run({ resources: [property], maxPages: 1 }, { pageSize: 100, odata: { pageSize: 100 } });
  sandbox.requests.length = 0;
  for (const command of [['reconcile'], ['reconcile', '--dry-run'], ['plan', 'reconcile']]) {
    const refused = await trestle(folder, command);
    expect(refused).toMatchObject({ code: 78 });
    expect(refused.stderr).toContain('there is nothing to reconcile yet — run trestle-etl full-load first');
  }
  expect(sandbox.requests.filter((request) => request.kind === 'data')).toEqual([]);

  await run({ resources: [property] });
  const ended = await trestle(folder, ['reconcile', '--dry-run']);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toContain('Member: not compared, its first load is not complete\n');
  expect((await trestle(folder, ['plan', 'reconcile'])).stdout).not.toContain('Member');
});

test('a dry run compares and changes nothing', async () => {
  const all = await pipeline({ listings: 300 });
  await all.run({ resources: [property] });
  all.sandbox.feed.removeListings(4);
  await all.db.query('DELETE FROM properties ORDER BY listing_key LIMIT 1');
  const findings = await all.reconcile({ dryRun: true });
  expect(findings).toMatchObject({ deleted: expect.any(Number) as number, fetched: 1 });
  expect(findings.deleted).toBeGreaterThanOrEqual(3);
  expect(await alive(all)).toBe(299);
  expect(await all.db.query('SELECT COUNT(*) AS n FROM etl_deletion')).toEqual([{ n: '0' }]);
});

test('a listing that comes back is brought back by the sync, with its media', async () => {
  const all = await pipeline({ listings: 200 });
  const { sandbox, db, run, reconcile } = all;
  await run();
  const withMedia = [...sandbox.feed.records('Property')].find(
    (record) => Number(record['PhotosCount']) > 1,
  )!;
  const key = readText(withMedia, 'ListingKey');
  const photos = [...sandbox.feed.records('Media')].filter((record) => record['ResourceRecordKey'] === key);
  sandbox.feed.remove('Property', key);
  for (const photo of photos) sandbox.feed.remove('Media', readText(photo, 'MediaKey'));
  await reconcile();
  expect(await alive(all)).toBe(199);
  sandbox.feed.put('Property', withMedia);
  for (const photo of photos) sandbox.feed.put('Media', photo);
  sandbox.feed.touch('Property', key);
  await run();
  expect(await expectParity(sandbox, db, property)).toBe(200);
  expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
});

test('undelete brings all of a run back, media too; --hard is for good', async () => {
  const all = await pipeline({ listings: 500 });
  const { sandbox, db, run, reconcile } = all;
  await run();
  const before = await alive(all, 'media');
  sandbox.feed.removeListings(20);
  await reconcile();
  expect(await alive(all, 'media')).toBeLessThan(before);
  const folder = configured(sandbox, db);
  const dry = await trestle(folder, ['undelete', '--run', '2', '--dry-run']);
  expect(dry).toMatchObject({ code: 0, stdout: '20 would be restored\n' });
  expect(await alive(all)).toBe(480);
  const back = await trestle(folder, ['undelete', '--run', '2']);
  expect(back).toMatchObject({ code: 0, stdout: '20 restored\n', stderr: '' });
  expect(await alive(all)).toBe(500);
  expect(await alive(all, 'media')).toBe(before);
  expect((await trestle(folder, ['undelete', '--run', '2'])).code).toBe(2);

  const hard = await trestle(folder, ['reconcile', '--hard']);
  expect(hard).toMatchObject({ code: 0, stdout: '', stderr: '' });
  expect(await db.query('SELECT COUNT(*) AS n FROM properties')).toEqual([{ n: '480' }]);
  expect(await db.query('SELECT COUNT(*) AS n FROM properties_raw')).toEqual([{ n: '480' }]);
  expect(
    await db.query(
      'SELECT COUNT(*) AS n FROM media m LEFT JOIN media_raw r USING (media_key) WHERE r.media_key IS NULL',
    ),
  ).toEqual([{ n: '0' }]);
});

test('promise 8: photos that changed without the listing are found by the census, and fetched by the next sync', async () => {
  const { sandbox, db, run, reconcile } = await pipeline({ listings: 300 });
  await run();
  const changed = new Set(sandbox.feed.changePhotos(8, { touchListing: false }));
  expect(await reconcile()).toMatchObject({ fetched: changed.size, deleted: 0 });
  expect(await reconcile()).toMatchObject({ fetched: 0 });
  await run();
  expect(await expectParity(sandbox, db, property)).toBe(300);
  expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
});
