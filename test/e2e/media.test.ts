import { expect, test } from 'vitest';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { expectParity } from '../helpers/parity.ts';
import { pipeline } from '../helpers/pipeline.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';

test('promise 9: photos that were added, removed and changed are replaced as a set', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 400 });
  await run();
  const changed = sandbox.feed.changePhotos(60);
  sandbox.requests.length = 0;
  const outcome = await run();
  expect(outcome.status).toBe('success');
  expect(outcome.resources['Media']).toMatchObject({ sets: changed.length });
  expect(outcome.totals.deleted).toBeGreaterThan(0);
  expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
  const calls = sandbox.requests.filter((request) => request.resource === 'Media').length;
  expect(calls).toBeLessThanOrEqual(3);
});

test('promise 9: photos whose listing kept its ModificationTimestamp are found when the listing is re-read', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 60 });
  sandbox.feed.changeListings(60);
  await run();
  sandbox.feed.changePhotos(20, { touchListing: false });
  await run();
  expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
});

test('promise 9: an address that differs by its signature only is no change', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 100 });
  await run();
  const before = await db.query('SELECT media_key, media_url, updated_at FROM media ORDER BY media_key');
  const outcome = await run({ mode: 'full-load' });
  expect(outcome.resources['Media']).toMatchObject({ processed: 300, unchanged: 300, updated: 0 });
  expect(await db.query('SELECT media_key, media_url, updated_at FROM media ORDER BY media_key')).toEqual(
    before,
  );
  const urls = sandbox.feed.records('Media');
  const [first] = urls;
  expect(sandbox.feed.serve('Media', first!)['MediaURL']).not.toBe(
    sandbox.feed.serve('Media', first!)['MediaURL'],
  );
});

test('promise 9: no media although photos are counted: asked once more, left as it was, reported', async () => {
  const { sandbox, db, run, lines } = await pipeline({ listings: 80 });
  await run();
  const before = await db.query('SELECT media_key FROM media ORDER BY media_key');
  const changed = sandbox.feed.changePhotos(10);
  const counted = changed.filter((key) => Number(sandbox.feed.get('Property', key)!['PhotosCount']) > 0);
  sandbox.faults.add({ kind: 'empty-media', count: Infinity });
  sandbox.faults.add({ kind: 'empty-expand', count: Infinity });
  sandbox.requests.length = 0;
  const outcome = await run();
  expect(outcome.status).toBe('partial');
  expect(outcome.resources['Media']).toMatchObject({ unproven: counted.length });
  expect(sandbox.requests.filter((request) => request.resource === 'Media')).toHaveLength(2);
  const gone = changed.filter((key) => !counted.includes(key));
  const after = await db.query('SELECT media_key FROM media ORDER BY media_key');
  if (gone.length === 0) expect(after).toEqual(before);
  expect(lines.some((line) => line.message.includes('fewer records sent'))).toBe(true);

  sandbox.faults.clear();
  sandbox.requests.length = 0;
  await run();
  expect(sandbox.requests.filter((request) => request.resource === 'Media')).toHaveLength(0);
  await db.query(
    'UPDATE properties SET media_retry_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE media_retry_at IS NOT NULL',
  );
  expect((await run()).status).toBe('success');
  expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
});

test('promise 9: media that appear for one of two empty answers only are believed', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 80 });
  await run();
  sandbox.feed.changePhotos(10);
  sandbox.faults.add({ kind: 'empty-media', count: 1 });
  expect((await run()).status).toBe('success');
  expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
});

test('promise 9: a crash between listing and media forgets no listing', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 90 });
  await run();
  sandbox.feed.changePhotos(15);
  await run({ resources: [property] });
  expect(await db.query('SELECT COUNT(*) AS n FROM properties WHERE media_due = 1')).toEqual([{ n: '15' }]);
  await run();
  expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
});

test('promise 9: a set of more media than a page holds is paged by key', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 50 });
  await run({}, { odata: { pageSize: 40 } });
  const changed = sandbox.feed.changePhotos(50);
  await run({}, { odata: { pageSize: 2 } });
  expect(changed).toHaveLength(50);
  expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
});

test('a medium that cannot be a row is quarantined, and its stored version stays', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 30 });
  await run();
  const [listing] = sandbox.feed.changePhotos(1);
  const victim = [...sandbox.feed.records('Media')].find(
    (record) => record['ResourceRecordKey'] === listing,
  )!;
  sandbox.feed.put('Media', { ...victim, ModificationTimestamp: null });
  const outcome = await run();
  expect(outcome.totals.rejected).toBe(1);
  expect(await db.query('SELECT record_key FROM etl_quarantine')).toEqual([
    { record_key: victim['MediaKey'] },
  ]);
});

test('with a filter on listings, media are fetched for those listings only', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 200 });
  const filters = { Property: "StandardStatus eq 'Active'" };
  await run({ mode: 'full-load' }, { odata: { filters } });
  const [listings] = await db.query<{ n: string }>('SELECT COUNT(*) AS n FROM properties');
  const strangers = await db.query(
    'SELECT media_key FROM media WHERE resource_record_key NOT IN (SELECT listing_key FROM properties)',
  );
  expect(Number(listings!.n)).toBeGreaterThan(0);
  expect(Number(listings!.n)).toBeLessThan(200);
  expect(strangers).toEqual([]);
  const [stored] = await db.query<{ n: string }>('SELECT COUNT(*) AS n FROM media');
  const wanted = [...sandbox.feed.records('Media')].filter(
    (record) =>
      sandbox.feed.get('Property', readText(record, 'ResourceRecordKey'))?.['StandardStatus'] === 'Active',
  );
  expect(Number(stored!.n)).toBe(wanted.length);
});

test('promise 9: a set in which one medium was replaced by one that cannot be a row is not settled by its number', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 60 });
  await run();
  const [listing] = sandbox.feed.changePhotos(1);
  const own = [...sandbox.feed.records('Media')].filter((record) => record['ResourceRecordKey'] === listing);
  const bad = own[0]!;
  sandbox.feed.put('Media', { ...bad, ModificationTimestamp: null });
  await run({ mode: 'full-load' });
  const stored = await db.query<{ k: string }>(
    'SELECT media_key AS k FROM media WHERE resource_record_key = ?',
    [listing],
  );
  const upstream = new Set(own.map((record) => readText(record, 'MediaKey')));
  expect(stored.filter(({ k }) => !upstream.has(k))).toEqual([]);
  expect(await db.query('SELECT parent_key FROM etl_quarantine')).toEqual([{ parent_key: listing }]);

  // The bad one leaves the feed: its entry goes with the next look at the set.
  sandbox.feed.remove('Media', readText(bad, 'MediaKey'));
  const record = sandbox.feed.get('Property', listing!)!;
  sandbox.feed.put('Property', { ...record, PhotosCount: own.length - 1 });
  sandbox.feed.touch('Property', listing!);
  expect((await run()).status).toBe('success');
  expect(await db.query('SELECT * FROM etl_quarantine')).toEqual([]);
  expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
});

test('promise 9: an answer with only a part of the set is doubted once', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 60 });
  await run();
  const victim = [...sandbox.feed.records('Property')].find((record) => Number(record['PhotosCount']) >= 4)!;
  const key = readText(victim, 'ListingKey');
  const own = [...sandbox.feed.records('Media')].filter((record) => record['ResourceRecordKey'] === key);
  sandbox.feed.put('Property', { ...victim, PhotosChangeTimestamp: '2026-03-30T00:00:00.000-00:00' });
  sandbox.feed.touch('Property', key);
  sandbox.faults.add({ kind: 'cut-expand', rows: 1 });
  let asked = 0;
  sandbox.onRequest = (seen) => {
    if (seen.resource !== 'Media') return;
    asked += 1;
    for (const record of own.slice(1)) {
      if (asked === 1) sandbox.feed.remove('Media', readText(record, 'MediaKey'));
      else sandbox.feed.put('Media', record);
    }
  };
  expect((await run()).status).toBe('success');
  expect(asked).toBe(2);
  expect(await expectParity(sandbox, db, media)).toBe(180);
});

test('a listing that is sent no media again and again is asked for ever more rarely, and at once when its photos change', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 40 });
  sandbox.faults.add({ kind: 'empty-media', count: Infinity });
  await run({ resources: [property] });
  const pauses: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    await run();
    const [row] = await db.query<{ hours: string }>(
      'SELECT TIMESTAMPDIFF(HOUR, UTC_TIMESTAMP(), MAX(media_retry_at) + INTERVAL 30 MINUTE) AS hours FROM properties',
    );
    pauses.push(row!.hours);
    await db.query(
      'UPDATE properties SET media_retry_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE media_retry_at IS NOT NULL',
    );
  }
  expect(pauses.map(Number)).toEqual([1, 6, 24]);
  await run();
  sandbox.faults.clear();
  const changed = sandbox.feed.changePhotos(5);
  const outcome = await run();
  expect(outcome.resources['Media']).toMatchObject({ sets: changed.length });
});
