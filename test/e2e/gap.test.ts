import { describe, expect, test } from 'vitest';
import { clock } from '../../src/host/clock.ts';
import type { Clock } from '../../src/model/clock.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { hide, isByKey, isWalk, keysOf, nthWalk } from '../helpers/holes.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';

const PAGES = { odata: { pageSize: 100, maxRetries: 1 } };
const LISTINGS = { resources: [property] };

const missing = async ({ db }: Pipeline): Promise<number> =>
  300 - Number((await db.query('SELECT COUNT(*) AS n FROM properties'))[0]!['n']);

describe('promise 4: a page that passes records over loses none of them', () => {
  test('in a first load: what was passed over is fetched by key', async () => {
    const all = await pipeline({ listings: 300 });
    hide(all.sandbox, keysOf(all.sandbox).slice(20, 170), (seen) => isWalk(seen) && nthWalk(all) === 1);
    expect(await all.run(LISTINGS, PAGES)).toMatchObject({ status: 'success' });
    expect(await expectParity(all.sandbox, all.db, property)).toBe(300);
  });

  test('in a sync', async () => {
    const all = await pipeline({ listings: 300 });
    await all.run(LISTINGS, PAGES);
    const changed = all.sandbox.feed.changeListings(150);
    expect(changed).toHaveLength(150);
    all.sandbox.requests.length = 0;
    hide(all.sandbox, keysOf(all.sandbox).slice(170, 250), (seen) => isWalk(seen) && nthWalk(all) === 1);
    expect(await all.run(LISTINGS, PAGES)).toMatchObject({ status: 'success' });
    expect(await expectParity(all.sandbox, all.db, property)).toBe(300);
  });

  test('in a first load that another run ends', async () => {
    const all = await pipeline({ listings: 300 });
    hide(all.sandbox, keysOf(all.sandbox).slice(20, 100), (seen) => isWalk(seen) && nthWalk(all) === 1);
    expect(await all.run({ ...LISTINGS, maxPages: 1 }, PAGES)).toMatchObject({ status: 'partial' });
    all.sandbox.onRequest = undefined;
    expect(await all.run(LISTINGS, PAGES)).toMatchObject({ status: 'success' });
    expect(await expectParity(all.sandbox, all.db, property)).toBe(300);
  });

  test('if it cannot be fetched by key either, the run is partial and the next one reads everything again', async () => {
    const all = await pipeline({ listings: 300 });
    const keys = keysOf(all.sandbox).slice(20, 170);
    const records = keysOf(all.sandbox).map((key) => all.sandbox.feed.get('Property', key)!);
    all.sandbox.onRequest = (seen) => {
      const isHole = isWalk(seen) && nthWalk(all) === 1;
      const hidden = new Set(isHole ? keys : isByKey(seen) ? keysOf(all.sandbox) : []);
      for (const record of records) all.sandbox.feed.put('Property', record);
      for (const key of hidden) all.sandbox.feed.remove('Property', key);
      if (isHole) all.sandbox.faults.add({ kind: 'bad-count', by: 150, resource: 'Property' });
    };
    const partial = await all.run(LISTINGS, PAGES);
    expect(partial).toMatchObject({ status: 'partial', resources: { Property: { refused: 150 } } });
    expect(await missing(all)).toBe(150);
    const [watermark] = await all.db.query("SELECT * FROM etl_watermark WHERE resource = 'Property'");
    expect(watermark).toMatchObject({ cursor_timestamp: null, complete_at: null });
    all.sandbox.onRequest = undefined;
    all.sandbox.faults.clear();
    expect(await all.run(LISTINGS, PAGES)).toMatchObject({ status: 'success' });
    expect(await expectParity(all.sandbox, all.db, property)).toBe(300);
  });
});

test('promise 4: a feed that always counts more than it sends is loaded, and is no reason for a partial run', async () => {
  const all = await pipeline({ listings: 300 });
  all.sandbox.faults.add({ kind: 'bad-count', by: 7, resource: 'Property', count: Infinity });
  expect(await all.run(LISTINGS, PAGES)).toMatchObject({ status: 'success' });
  expect(await expectParity(all.sandbox, all.db, property)).toBe(300);
  all.sandbox.feed.changeListings(20);
  expect(await all.run(LISTINGS, PAGES)).toMatchObject({ status: 'success' });
  expect(await expectParity(all.sandbox, all.db, property)).toBe(300);
});

test('promise 8: a reconcile whose look-ups by key bring nothing is partial', async () => {
  const all = await pipeline({ listings: 300 });
  await all.run(LISTINGS, PAGES);
  const keys = keysOf(all.sandbox).slice(0, 5);
  await all.db.query(`DELETE FROM properties WHERE listing_key IN ('${keys.join("','")}')`);
  hide(all.sandbox, keysOf(all.sandbox), isByKey);
  await all.reconcile();
  const runs = await all.db.query('SELECT detail FROM etl_sync_log ORDER BY id DESC LIMIT 1');
  expect(JSON.parse(String(runs[0]!['detail']))).toMatchObject({ Property: { refused: 5 } });
});

test('promise 8: a listing that is gone between the census and its look-up by key makes no run partial', async () => {
  const all = await pipeline({ listings: 300 });
  await all.run(LISTINGS, PAGES);
  const [key] = keysOf(all.sandbox);
  await all.db.query(`DELETE FROM properties WHERE listing_key = '${key}'`);
  all.sandbox.onRequest = (seen) => {
    if (isByKey(seen)) all.sandbox.feed.remove('Property', key!);
  };
  await all.reconcile();
  const runs = await all.db.query('SELECT detail FROM etl_sync_log ORDER BY id DESC LIMIT 1');
  expect(JSON.parse(String(runs[0]!['detail']))['Property']).not.toHaveProperty('refused');
});

test('a record without a key leaves quarantine once a census finds none', async () => {
  const all = await pipeline({ listings: 300 });
  const [key] = keysOf(all.sandbox);
  const record = all.sandbox.feed.get('Property', key!)!;
  all.sandbox.feed.put('Property', { ...record, ListingKey: '' });
  await all.run(LISTINGS, PAGES);
  const held = () => all.db.query("SELECT * FROM etl_quarantine WHERE record_key LIKE 'no-key:%'");
  expect(await held()).toHaveLength(1);
  await all.reconcile();
  expect(await held()).toHaveLength(1);
  all.sandbox.feed.remove('Property', '');
  await all.reconcile();
  expect(await held()).toHaveLength(0);
});

test('a record without a key leaves quarantine once a full-load has not seen it', async () => {
  const all = await pipeline({ listings: 30 });
  const [one, other] = keysOf(all.sandbox);
  for (const key of [one!, other!]) {
    // A record without a key has none to be found by in the feed either: each gets another odd one.
    const record = all.sandbox.feed.get('Property', key)!;
    all.sandbox.feed.remove('Property', key);
    all.sandbox.feed.put('Property', { ...record, ListingKey: key === one ? '' : ' '.repeat(300) });
  }
  await all.run(LISTINGS, PAGES);
  const held = () => all.db.query("SELECT record_key FROM etl_quarantine WHERE record_key LIKE 'no-key:%'");
  const before = await held();
  expect(before).toHaveLength(2);
  all.sandbox.feed.remove('Property', '');
  await all.run({ ...LISTINGS, mode: 'full-load' }, PAGES);
  const after = await held();
  expect(after).toHaveLength(1);
  expect(before).toEqual(expect.arrayContaining(after));
});

test('promise 8: a look-up by key that contradicts its own count proves no deletion', async () => {
  const all = await pipeline({ listings: 300 });
  await all.run(LISTINGS, PAGES);
  all.sandbox.feed.removeListings(2);
  all.sandbox.faults.add({ kind: 'bad-count', by: 1, resource: 'Property', skip: 2, count: 2 });
  await expect(all.reconcile()).rejects.toThrow(/the API counts \d of these keys and sends \d/);
  expect(await missing(all)).toBe(0);
});

/** Changes listings now: the sandbox's own changes come after the latest stamp that it has, also one in the future. */
function restamp({ sandbox }: Pipeline, keys: readonly string[], field: string, change: object): void {
  const now = new Date().toISOString();
  for (const key of keys) {
    const record = sandbox.feed.get('Property', key)!;
    sandbox.feed.put('Property', { ...record, ...change, [field]: now });
  }
}

/** Both clocks are a day fast for one run, and a record is stamped six hours ahead. */
async function carried(): Promise<Pipeline> {
  const all = await pipeline({ listings: 300 });
  await all.run();
  const [key] = keysOf(all.sandbox);
  const record = all.sandbox.feed.get('Property', key!)!;
  const stamp = new Date(Date.now() + 6 * 3_600_000).toISOString();
  all.sandbox.feed.put('Property', { ...record, ModificationTimestamp: stamp, PhotosChangeTimestamp: stamp });
  all.sandbox.faults.add({ kind: 'clock', by: DAY_MS, count: 10 });
  const fast: Clock = { ...clock, now: () => clock.now() + DAY_MS };
  await all.run({}, { tools: { clock: fast } });
  all.sandbox.faults.clear();
  const [watermark] = await all.db.query("SELECT * FROM etl_watermark WHERE resource = 'Property'");
  expect(watermark).toMatchObject({ cursor_timestamp: stamp, photos_timestamp: stamp });
  return all;
}

const DAY_MS = 86_400_000;

describe('promise 2: a watermark in the future hides nothing', () => {
  test('the next sync finds what changed, and sets it back', async () => {
    const all = await carried();
    restamp(all, keysOf(all.sandbox).slice(0, 40), 'ModificationTimestamp', { ListPrice: 123_456 });
    expect(await all.run()).toMatchObject({ status: 'success' });
    expect(await expectParity(all.sandbox, all.db, property)).toBe(300);
    const [watermark] = await all.db.query("SELECT * FROM etl_watermark WHERE resource = 'Property'");
    expect(Date.parse(String(watermark!['cursor_timestamp']))).toBeLessThan(Date.now() + 1000);
    expect(Date.parse(String(watermark!['photos_timestamp']))).toBeLessThan(Date.now() + 1000);
    all.sandbox.requests.length = 0;
    restamp(all, keysOf(all.sandbox).slice(50, 53), 'ModificationTimestamp', { ListPrice: 123_456 });
    await all.run();
    expect(await expectParity(all.sandbox, all.db, property)).toBe(300);
    // Listings, photos; nothing is compared again.
    const asked = all.sandbox.requests.filter(({ resource }) => resource === 'Property');
    expect(asked).toHaveLength(2);
  });

  test('photos that changed without their listing are found', async () => {
    const all = await carried();
    const [medium] = [...all.sandbox.feed.records('Media')];
    const parent = readText(medium!, 'ResourceRecordKey');
    all.sandbox.feed.remove('Media', readText(medium!, 'MediaKey'));
    const count = Number(all.sandbox.feed.get('Property', parent)!['PhotosCount']) - 1;
    restamp(all, [parent], 'PhotosChangeTimestamp', { PhotosCount: count });
    expect(await all.run()).toMatchObject({ status: 'success' });
    expect(await expectParity(all.sandbox, all.db, media)).toBe(all.sandbox.feed.size('Media'));
  });
});

test('promise 9: a set that comes short the first time is asked for once more', async () => {
  const all = await pipeline({ listings: 40 });
  const filters = { Property: "StandardStatus ne 'X'" };
  const settings = { filters, odata: { ...PAGES.odata, filters } };
  all.sandbox.faults.add({ kind: 'short-page', rows: 15, resource: 'Media' });
  all.sandbox.faults.add({ kind: 'empty-media', resource: 'Media', skip: 1, count: 1 });
  expect(await all.run({}, settings)).toMatchObject({ status: 'success' });
  expect(await expectParity(all.sandbox, all.db, media)).toBe(all.sandbox.feed.size('Media'));
});

test('promise 9: a set whose answer contradicts its own count again stays due, and nothing of it is deleted', async () => {
  const all = await pipeline({ listings: 40 });
  await all.run();
  const before = await all.db.query('SELECT media_key FROM media');
  expect(all.sandbox.feed.changePhotos(30).length).toBeGreaterThan(0);
  all.sandbox.faults.add({ kind: 'bad-count', by: 5, resource: 'Media', count: Infinity });
  all.sandbox.faults.add({ kind: 'short-page', rows: 20, resource: 'Media', count: Infinity });
  all.sandbox.faults.add({ kind: 'empty-media', resource: 'Media', skip: 1, count: Infinity });
  expect(await all.run()).toMatchObject({ status: 'partial' });
  const after = new Set((await all.db.query('SELECT media_key FROM media')).map((row) => row['media_key']));
  const gone = before.map((row) => String(row['media_key'])).filter((key) => !after.has(key));
  expect(gone.filter((key) => all.sandbox.feed.get('Media', key) !== undefined)).toEqual([]);
  all.sandbox.faults.clear();
  await all.db.query('UPDATE properties SET media_retry_at = NULL');
  expect(await all.run()).toMatchObject({ status: 'success' });
  expect(await expectParity(all.sandbox, all.db, media)).toBe(all.sandbox.feed.size('Media'));
});
