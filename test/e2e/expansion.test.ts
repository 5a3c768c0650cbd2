import { expect, test } from 'vitest';
import { customProperty } from '../../src/sources/trestle/datasets/custom-property.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import type { Fault } from '../../src/sandbox/trestle/faults.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/trestle/index.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import type { RunOptions } from '../../src/run/active-run.ts';
import { expectParity } from '../helpers/parity.ts';
import { pipeline, type Pipeline, type Settings } from '../helpers/pipeline.ts';

/** A pipeline whose runs request child records with their listings. */
async function expanding(options: SandboxOptions = {}, strategy: 'auto' | 'expand' = 'expand') {
  const made = await pipeline({ listings: 150, mediaPerListing: 4, oddValues: false, ...options });
  const run: Pipeline['run'] = (runOptions: Partial<RunOptions> = {}, settings: Settings = {}) =>
    made.run(runOptions, { childStrategy: strategy, ...settings });
  return { ...made, run };
}

const requested = (sandbox: Sandbox, resource: string) =>
  sandbox.requests.filter((seen) => seen.kind === 'data' && seen.resource === resource);
const sizes = (sandbox: Sandbox) => requested(sandbox, 'Property').map(({ query }) => Number(query['$top']));

async function expectMedia({ sandbox, db }: Pick<Pipeline, 'sandbox' | 'db'>): Promise<void> {
  expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
  expect(await db.query('SELECT COUNT(*) AS n FROM properties WHERE media_due = 1')).toEqual([{ n: '0' }]);
}

test('promise 14: a first load requests listings and media together, and stores what separate requests would', async () => {
  const { sandbox, db, run } = await expanding();
  const outcome = await run({ resources: [property, media, customProperty] });
  expect(outcome.status).toBe('success');
  expect(outcome.resources['Media']).toMatchObject({ unproven: 0, inserted: sandbox.feed.size('Media') });
  expect(outcome.resources['Media']?.expanded).toBe(outcome.resources['Media']?.sets);
  expect(sizes(sandbox)).toEqual([50, 100, 200]);
  expect(requested(sandbox, 'Media')).toEqual([]);
  await expectMedia({ sandbox, db });
  const again = await run({ mode: 'full-load' }, { childStrategy: 'resource' });
  expect(again.resources['Property']).toMatchObject({ processed: 150, unchanged: 150 });
  expect(again.resources['Media']).toMatchObject({ unchanged: sandbox.feed.size('Media'), updated: 0 });
});

test.each<Fault>([
  { kind: 'empty-expand' },
  { kind: 'null-expand' },
  { kind: 'no-expand' },
  { kind: 'cut-expand', rows: 1 },
])('promise 9: a first load with the fault $kind stores every set, by separate requests', async (fault) => {
  const { sandbox, db, run } = await expanding();
  sandbox.faults.add({ ...fault, count: Infinity });
  const outcome = await run();
  expect(outcome.status).toBe('success');
  expect(requested(sandbox, 'Media').length).toBeGreaterThan(0);
  await expectMedia({ sandbox, db });
});

test.each<Fault>([
  { kind: 'empty-expand' },
  { kind: 'null-expand' },
  { kind: 'no-expand' },
  { kind: 'cut-expand', rows: 1 },
])('promise 9: a sync with the fault $kind deletes nothing that is not gone', async (fault) => {
  const { sandbox, db, run } = await expanding({ listings: 60 });
  await run();
  sandbox.feed.changePhotos(30);
  sandbox.feed.changeListings(20);
  sandbox.faults.add({ ...fault, count: Infinity });
  expect((await run()).status).toBe('success');
  await expectMedia({ sandbox, db });
  sandbox.feed.changePhotos(30);
  sandbox.faults.add({ kind: 'empty-media', count: Infinity });
  const stored = () =>
    db.query(
      'SELECT media_key FROM media JOIN properties ON listing_key = resource_record_key WHERE photos_count > 1 ' +
        'ORDER BY media_key',
    );
  await run({ resources: [property] });
  const before = await stored();
  expect((await run()).status).toBe('partial');
  expect(await stored()).toEqual(before);
});

test('promise 9: in a sync one request brings changed listings with their photos', async () => {
  const { sandbox, db, run } = await expanding();
  await run();
  const changed = sandbox.feed.changePhotos(30);
  const withPhotos = changed.filter((key) => Number(sandbox.feed.get('Property', key)!['PhotosCount']) > 0);
  sandbox.requests.length = 0;
  const outcome = await run();
  expect(outcome.resources['Media']?.sets).toBe(changed.length);
  expect(outcome.resources['Media']?.expanded).toBeGreaterThanOrEqual(withPhotos.length);
  expect(outcome.totals.deleted).toBeGreaterThan(0);
  // Sets that became empty are requested once more.
  expect(requested(sandbox, 'Media').length).toBeLessThanOrEqual(1);
  await expectMedia({ sandbox, db });
});

test('promise 9: media of a listing that did not change are not replaced by what comes with it', async () => {
  const { sandbox, db, run } = await expanding({ listings: 40 });
  await run();
  const victim = [...sandbox.feed.records('Property')].find((record) => Number(record['PhotosCount']) > 2);
  const key = readText(victim!, 'ListingKey');
  const own = [...sandbox.feed.records('Media')].find((record) => record['ResourceRecordKey'] === key);
  sandbox.feed.remove('Media', readText(own!, 'MediaKey'));
  sandbox.feed.touch('Property', key);
  const outcome = await run();
  expect(outcome.resources['Media']?.deleted ?? 0).toBe(0);
  expect(await db.query('SELECT COUNT(*) AS n FROM media')).toEqual([
    { n: String(sandbox.feed.size('Media') + 1) },
  ]);
});

test('promise 14: a full-load over complete tables reads media with their listings, and what is not proven separately', async () => {
  const { sandbox, db, run } = await expanding({ listings: 240 });
  const all = { resources: [property, media, customProperty] };
  await run(all);
  // A correction that no listing signals, and a page of lies.
  for (const record of [...sandbox.feed.records('Media')].slice(0, 40))
    sandbox.feed.put('Media', { ...record, ShortDescription: 'corrected' });
  sandbox.faults.add({ kind: 'cut-expand', rows: 1, skip: 1 });
  sandbox.requests.length = 0;
  const outcome = await run({ ...all, mode: 'full-load' });
  expect(outcome.status).toBe('success');
  expect(outcome.resources['Media']?.updated).toBe(40);
  expect(requested(sandbox, 'Media').length).toBeGreaterThan(0);
  expect(requested(sandbox, 'CustomProperty').length).toBeLessThanOrEqual(1);
  await expectMedia({ sandbox, db });
  sandbox.requests.length = 0;
  await run({ ...all, mode: 'full-load' });
  expect(requested(sandbox, 'Media')).toEqual([]);
  // Listings without a custom record: an empty collection proves nothing.
  expect(requested(sandbox, 'CustomProperty')).toHaveLength(1);
});

test('promise 1: media of an interrupted load are complete when its listings are, and not before', async () => {
  const { sandbox, db, run } = await expanding();
  const complete = () =>
    db.query("SELECT 1 FROM etl_watermark WHERE resource = 'Media' AND complete_at IS NOT NULL");
  const first = await run({ mode: 'full-load', maxPages: 1 });
  expect([first.status, await complete()]).toEqual(['partial', []]);
  sandbox.requests.length = 0;
  expect((await run({ mode: 'full-load' })).status).toBe('success');
  expect(await complete()).toHaveLength(1);
  expect(requested(sandbox, 'Media')).toEqual([]);
  await expectMedia({ sandbox, db });
});

test('a feed that refuses $expand is loaded separately, and the run records why', async () => {
  const { sandbox, db, run, lines } = await expanding();
  sandbox.onRequest = ({ query }) => {
    if ('$expand' in query) sandbox.faults.add({ kind: 'status', status: 400, resource: 'Property' });
  };
  const outcome = await run();
  expect(outcome.status).toBe('success');
  expect(sizes(sandbox)).toEqual([50, 1000]);
  // The way of a load without $expand: page by page.
  expect(requested(sandbox, 'Media')[0]?.query['$filter']).toBeUndefined();
  expect(outcome.resources['Media']?.expansionFailed).toContain('400');
  expect(lines.filter(({ message }) => message.includes('without their listings'))).toHaveLength(1);
  const [row] = await db.query<{ detail: string }>('SELECT detail FROM etl_sync_log');
  expect(JSON.parse(row!.detail)).toMatchObject({ Media: { expansionFailed: expect.any(String) } });
  await expectMedia({ sandbox, db });
  // With auto, runs of the next day do not try it again.
  sandbox.onRequest = undefined;
  sandbox.requests.length = 0;
  await run({}, { childStrategy: 'auto' });
  expect(sizes(sandbox)[0]).toBe(1000);
  await db.query('UPDATE etl_sync_log SET sync_start = sync_start - INTERVAL 25 HOUR');
  sandbox.requests.length = 0;
  await run({}, { childStrategy: 'auto' });
  expect(sizes(sandbox)[0]).toBe(50);
});

test('pages that take too long become smaller, and no listing is lost', async () => {
  const { sandbox, db, run } = await expanding({ listings: 400 });
  sandbox.faults.add({ kind: 'heavy-expand', rows: 120, count: Infinity });
  expect((await run()).status).toBe('success');
  expect(sizes(sandbox).slice(0, 4)).toEqual([50, 100, 200, 100]);
  expect(Math.max(...sizes(sandbox).slice(4))).toBe(100);
  expect(requested(sandbox, 'Media')).toEqual([]);
  expect(await expectParity(sandbox, db, property)).toBe(400);
  await expectMedia({ sandbox, db });
});

test('a feed that cannot send 50 listings with their media in time is loaded separately', async () => {
  const { sandbox, db, run } = await expanding();
  sandbox.faults.add({ kind: 'heavy-expand', rows: 10, count: Infinity });
  const outcome = await run({}, { odata: { pageSize: 50 } });
  expect(outcome.status).toBe('success');
  expect(outcome.resources['Media']?.expansionFailed).toContain('504');
  await expectMedia({ sandbox, db });
});

test('promise 9: under quota pressure expanded media are empty, and the proven way brings them', async () => {
  const { sandbox, db, run } = await expanding({
    listings: 300,
    minuteQuota: 12,
    minuteWindowMs: 800,
    hourQuota: 10_000,
  });
  sandbox.faults.add({ kind: 'empty-expand', below: 11, count: Infinity });
  const outcome = await run({}, { odata: { minute: 800, reservePercent: 0, pageSize: 100 } });
  expect(outcome.status).toBe('success');
  expect(outcome.resources['Media']?.expanded).toBeGreaterThan(0);
  expect(requested(sandbox, 'Media').length).toBeGreaterThan(0);
  await expectMedia({ sandbox, db });
});

test('promise 14: auto leaves $expand for a sync whose listings have no new photos', async () => {
  const { sandbox, db, run } = await expanding({ listings: 600 }, 'auto');
  await run();
  sandbox.feed.changeListings(600);
  sandbox.requests.length = 0;
  const outcome = await run();
  expect(outcome.resources['Media']?.expansionEnded).toContain('more requests');
  expect(sizes(sandbox)).toEqual([50, 100, 1000, 50_000]);
  await expectMedia({ sandbox, db });
});

test('a listing that is not UTF-8 reaches quarantine, and its page is requested without media', async () => {
  const { sandbox, db, run } = await expanding({ listings: 60 });
  const [key] = sandbox.feed.corrupt(1);
  const outcome = await run();
  expect(outcome.totals.rejected).toBe(1);
  expect(await db.query('SELECT record_key FROM etl_quarantine')).toEqual([{ record_key: key }]);
});
