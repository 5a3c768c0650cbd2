import { expect, test } from 'vitest';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { freshDatabase } from '../helpers/database.ts';
import { expectParity } from '../helpers/parity.ts';
import { pipeline } from '../helpers/pipeline.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { withSelect } from '../../src/dataset/reading.ts';

const data = <T extends { kind: string; resource?: string }>(requests: readonly T[], resource: string): T[] =>
  requests.filter((request) => request.kind === 'data' && request.resource === resource);

test('promise 2: a tie of 300 listings on one millisecond, across thirty page borders, is all there', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 400 });
  sandbox.feed.tie(300);
  const outcome = await run({ resources: [property] }, { odata: { pageSize: 10 } });
  expect(outcome.totals).toMatchObject({ inserted: 400 });
  expect(await expectParity(sandbox, db, property)).toBe(400);
});

test('promise 2: 50 rows changed and 20 new between any two page requests are all there afterwards', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 300 });
  await run({ resources: [property] });
  sandbox.feed.changeListings(250);
  let pages = 0;
  sandbox.onRequest = (seen) => {
    if (seen.resource !== 'Property' || pages >= 5) return;
    pages += 1;
    sandbox.feed.changeListings(50);
    sandbox.feed.addListings(20);
  };
  await run({ resources: [property] }, { odata: { pageSize: 100 } });
  expect(pages).toBe(5);
  expect(await expectParity(sandbox, db, property)).toBe(300 + 5 * 20);
});

test('promise 2: rows that change while a first load pages are neither lost nor left old', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 200 });
  let pages = 0;
  sandbox.onRequest = (seen) => {
    if (seen.resource !== 'Property' || pages >= 10) return;
    pages += 1;
    sandbox.feed.changeListings(15);
  };
  await run({ mode: 'full-load', resources: [property] }, { odata: { pageSize: 30 } });
  expect(await expectParity(sandbox, db, property)).toBe(200);
});

test('promise 3: a second sync with nothing changed asks once for listings and once for photos, writes no row, and counts what it re-read as unchanged', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 250 });
  const first = await run();
  expect(first.resources).toMatchObject({ Property: { inserted: 250 }, Media: { inserted: 750 } });
  const before = await db.query('SELECT MAX(updated_at) AS at, MAX(run_id) AS run FROM properties');
  const mediaBefore = await db.query('SELECT MAX(updated_at) AS at, MAX(run_id) AS run FROM media');
  sandbox.requests.length = 0;

  const second = await run();
  expect(second.totals).toMatchObject({ inserted: 0, updated: 0, rejected: 0, deleted: 0 });
  expect(second.totals.unchanged).toBe(second.totals.processed);
  expect(second.totals.unchanged).toBeGreaterThan(0);
  expect(data(sandbox.requests, 'Property').map(({ query }) => query['$top'])).toEqual(['1000', '50000']);
  expect(data(sandbox.requests, 'Media')).toHaveLength(0);
  expect(await db.query('SELECT MAX(updated_at) AS at, MAX(run_id) AS run FROM properties')).toEqual(before);
  expect(await db.query('SELECT MAX(updated_at) AS at, MAX(run_id) AS run FROM media')).toEqual(mediaBefore);
});

test('promise 3: a row that becomes visible late, a little older than the watermark, is still taken', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 50 });
  const [newest] = sandbox.feed.changeListings(1);
  const late = [...sandbox.feed.records('Property')].find((record) => record['ListingKey'] !== newest)!;
  const seen = readText(sandbox.feed.get('Property', newest!)!, 'ModificationTimestamp');
  await run({ resources: [property] });
  const fiveMinutesBefore = new Date(Date.parse(seen) - 300_000).toISOString();
  sandbox.feed.put('Property', { ...late, City: 'Latecomer', ModificationTimestamp: fiveMinutesBefore });
  const outcome = await run({ resources: [property] });
  expect(outcome.totals.updated).toBe(1);
  expect(await db.query("SELECT listing_key FROM properties WHERE city = 'Latecomer'")).toEqual([
    { listing_key: late['ListingKey'] },
  ]);
});

test('promise 3: a timestamp in the future is loaded but does not carry the watermark there', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 50 });
  const [record] = sandbox.feed.records('Property');
  sandbox.feed.put('Property', {
    ...record!,
    City: 'Tomorrowland',
    ModificationTimestamp: '2031-01-01T00:00:00.000-00:00',
  });
  await run({ resources: [property] });
  const [watermark] = await db.query<{ cursor_timestamp: string }>(
    'SELECT cursor_timestamp FROM etl_watermark',
  );
  expect(watermark!.cursor_timestamp < '2030').toBe(true);
  expect(await db.query("SELECT COUNT(*) AS n FROM properties WHERE city = 'Tomorrowland'")).toEqual([
    { n: '1' },
  ]);
  const changed = sandbox.feed.changeListings(3);
  const outcome = await run({ resources: [property] });
  expect(outcome.totals.updated).toBe(changed.length);
});

test('promise 4: a server that pages smaller than asked is read to its end', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 700, pageCap: 90 });
  const outcome = await run({ mode: 'full-load' });
  expect(outcome.status).toBe('success');
  expect(await expectParity(sandbox, db, property)).toBe(700);
  expect(await expectParity(sandbox, db, media)).toBe(2100);
});

test('promise 4: replication loads all, and its watermark lets the next sync find what changed meanwhile', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 900 });
  let pages = 0;
  sandbox.onRequest = (seen) => {
    if (seen.resource === 'Property' && pages++ === 2) sandbox.feed.changeListings(100);
  };
  await run(
    { mode: 'full-load', resources: [property], strategy: 'replication' },
    { odata: { pageSize: 200 } },
  );
  expect(sandbox.requests.some((request) => request.path.includes('/replication'))).toBe(true);
  await run({ resources: [property] });
  expect(await expectParity(sandbox, db, property)).toBe(900);
});

test('promise 4: when the replication link dies, the load goes on by keyset and misses nothing', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 900 });
  sandbox.faults.add({ kind: 'link-dead', resource: 'Property', skip: 2 });
  const outcome = await run(
    { mode: 'full-load', resources: [property], strategy: 'replication' },
    { odata: { pageSize: 200 } },
  );
  expect(outcome.status).toBe('success');
  expect(await expectParity(sandbox, db, property)).toBe(900);
});

test('promise 5: what cannot be a row goes to quarantine, the cursor passes, a good version clears it', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 300 });
  await run({ resources: [property] });
  const good = new Map(
    [...sandbox.feed.records('Property')].map((record) => [readText(record, 'ListingKey'), record]),
  );
  const spoiled = sandbox.feed.corrupt(12);
  sandbox.feed.changeListings(5);
  const outcome = await run({ resources: [property] });
  expect(outcome.status).toBe('partial');
  expect(outcome.totals.rejected).toBe(12);
  const held = await db.query<{ record_key: string; reasons: string; raw: string }>(
    'SELECT record_key, reasons, raw FROM etl_quarantine ORDER BY record_key',
  );
  expect(held.map((row) => row.record_key)).toEqual([...spoiled].sort());
  for (const row of held) {
    const reasons = JSON.parse(row.reasons) as { field: string; rule: string; value: string }[];
    expect(reasons.length).toBeGreaterThan(0);
    expect(reasons.every(({ field, rule }) => field !== '' && rule !== '')).toBe(true);
    expect(row.raw).toBe(sandbox.feed.serveText('Property', sandbox.feed.get('Property', row.record_key)!));
  }
  expect(await expectParity(sandbox, db, property, new Set(spoiled))).toBe(288);

  for (const key of spoiled) {
    sandbox.feed.put('Property', good.get(key)!);
    sandbox.feed.touch('Property', key);
  }
  const mended = await run({ resources: [property] });
  expect(mended.status).toBe('success');
  expect(await db.query('SELECT * FROM etl_quarantine')).toEqual([]);
  expect(await expectParity(sandbox, db, property)).toBe(300);
});

test('promise 6: an older version of a record replaces the newer one only when the feed is asked to be read again', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 20 });
  const [key] = sandbox.feed.changeListings(1);
  const newer = sandbox.feed.get('Property', key!)!;
  await run({ resources: [property] });
  sandbox.feed.put('Property', {
    ...newer,
    City: 'Yesteryear',
    ModificationTimestamp: '2020-01-01T00:00:00.000-00:00',
  });
  const yesteryear = "SELECT COUNT(*) AS n FROM properties WHERE city = 'Yesteryear'";
  await run({ resources: [property] }, { overlap: 20 * 365 * 86_400_000 });
  expect(await db.query(yesteryear)).toEqual([{ n: '0' }]);
  const [log] = await db.query('SELECT records_older AS n FROM etl_sync_log WHERE id = 2');
  expect(log).toEqual({ n: '1' });
  const outcome = await run({ resources: [property], since: '2019-01-01T00:00:00Z' });
  expect(outcome.totals).toMatchObject({ older: 0, updated: 1 });
  expect(await db.query(yesteryear)).toEqual([{ n: '1' }]);
});

test('a sync since a time after the watermark loads, but leaves the watermark where it is', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 100 });
  await run({ resources: [property] });
  const before = await db.query('SELECT cursor_timestamp, cursor_key FROM etl_watermark');
  const skipped = sandbox.feed.changeListings(4);
  const since = new Date(Date.now() + 1000).toISOString();
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const taken = sandbox.feed.changeListings(2);
  const outcome = await run({ resources: [property], since });
  expect(outcome.totals.updated).toBe(new Set(taken).size);
  expect(await db.query('SELECT cursor_timestamp, cursor_key FROM etl_watermark')).toEqual(before);
  const next = await run({ resources: [property] });
  expect(next.totals.updated).toBe(new Set(skipped.filter((key) => !taken.includes(key))).size);
});

test('a dry run counts what a run would do, and writes nothing, not even the tables', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 120 }, freshDatabase);
  const empty = await run({ dryRun: true });
  expect(empty.totals).toMatchObject({ processed: 120, inserted: 120 });
  expect(await db.query('SHOW TABLES')).toEqual([]);

  await run();
  const before = await db.query('SELECT * FROM etl_watermark');
  sandbox.feed.changeListings(7);
  const dry = await run({ dryRun: true });
  expect(dry.totals.updated).toBe(7);
  expect(await db.query('SELECT * FROM etl_watermark')).toEqual(before);
  expect(await db.query('SELECT COUNT(*) AS n FROM etl_sync_log')).toEqual([{ n: '1' }]);
  expect((await run()).resources['Property']).toMatchObject({ updated: 7 });
});

test('PAYLOAD=off asks for the catalogue only, and keeps no payload, not even an older one', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 40 });
  await run({ resources: [property] });
  sandbox.feed.changeListings(10);
  sandbox.requests.length = 0;
  const select = property.fields.map((field) => field.name);
  await run({ resources: [withSelect(property, select)] }, { keepPayload: false });
  const asked = sandbox.requests.find((request) => request.resource === 'Property');
  expect(asked!.query['$select']).toBe(select.join(','));
  const stale = await db.query(
    'SELECT r.listing_key FROM properties_raw r JOIN properties p USING (listing_key) WHERE p.run_id = 2',
  );
  expect(stale).toEqual([]);
  expect(await db.query('SELECT COUNT(*) AS n FROM properties WHERE run_id = 1')).toEqual(
    await db.query('SELECT COUNT(*) AS n FROM properties_raw'),
  );
});

test('a feed that lacks most fields of the catalogue loads all the same', async () => {
  const { db, run } = await pipeline({ listings: 30 });
  const select = ['ListingKey', 'ModificationTimestamp', 'PhotosCount', 'PhotosChangeTimestamp', 'City'];
  const outcome = await run({ resources: [withSelect(property, select)] });
  expect(outcome.totals).toMatchObject({ inserted: 30, rejected: 0 });
  expect(
    await db.query('SELECT COUNT(*) AS n, COUNT(city) AS c, COUNT(list_price) AS p FROM properties'),
  ).toEqual([{ n: '30', c: '30', p: '0' }]);
});

test('promise 1: an interrupted full-load goes on with the resource it was at, and with none that was through', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 500 });
  const again = async (strike: () => void) => {
    strike();
    const settings = { odata: { pageSize: 100, maxRetries: 0 } };
    await expect(run({ mode: 'full-load' }, settings)).rejects.toThrow(/503/);
    sandbox.faults.clear();
    sandbox.requests.length = 0;
    const outcome = await run({ mode: 'full-load' }, settings);
    expect(outcome.status).toBe('success');
    expect(data(sandbox.requests, 'Property')).toHaveLength(0);
    expect(data(sandbox.requests, 'Media').length).toBeLessThan(16);
    expect(await db.query('SELECT resource FROM etl_watermark WHERE load_run IS NOT NULL')).toEqual([]);
  };
  const inMedia = () => sandbox.faults.add({ kind: 'status', status: 503, resource: 'Media', skip: 5 });
  await again(inMedia);
  expect(await expectParity(sandbox, db, media)).toBe(1500);
  // The same over tables that are complete, with a sync of its own in between.
  await again(() => {
    inMedia();
    sandbox.feed.changeListings(3);
  });
  const anew = await run({ mode: 'full-load' }, { odata: { pageSize: 100 } });
  expect(anew.totals.processed).toBe(2000);
});
