import { expect, test, vi } from 'vitest';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { configured, start, trestle } from '../helpers/cli.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { expectParity } from '../helpers/parity.ts';
import { asked } from '../helpers/photo-requests.ts';
import { pipeline, sandboxFor } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';
import { WAIT_MS } from '../helpers/patience.ts';

async function expectMedia(sandbox: Sandbox, db: FreshDatabase): Promise<void> {
  expect(await expectParity(sandbox, db, property)).toBe(sandbox.feed.size('Property'));
  expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
}

test('promise 9: photos that change without their listing are fetched by the next sync, exactly', async () => {
  const { sandbox, db, run, lines } = await pipeline({ listings: 400 });
  await run();
  const changed = sandbox.feed.changePhotos(60, { touchListing: false });
  sandbox.requests.length = 0;
  const outcome = await run();
  expect(outcome.status).toBe('success');
  expect(outcome.resources['Property']).toMatchObject({ updated: 60 });
  expect(outcome.resources['Media']).toMatchObject({ sets: changed.length });
  await expectMedia(sandbox, db);
  expect(asked(sandbox).photos).toHaveLength(1);
  expect(asked(sandbox).byKey).toHaveLength(1);
  expect(lines.filter(({ message }) => message === 'photos changed without their listing')).toMatchObject([
    { data: { found: 60 } },
  ]);
});

test('promise 14: a sync that finds nothing new sends one request for photos, which selects index fields only', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 300 });
  await run();
  const before = await db.query('SELECT photos_timestamp FROM etl_watermark');
  sandbox.requests.length = 0;
  const outcome = await run();
  expect(sandbox.requests.filter(({ kind }) => kind === 'data')).toHaveLength(2);
  const { photos, pages } = asked(sandbox);
  expect([photos.length, pages.length, outcome.calls]).toEqual([1, 1, 2]);
  expect(photos[0]!.query).toMatchObject({
    $select: 'ListingKey,ModificationTimestamp,PhotosChangeTimestamp,PhotosCount',
    $top: '50000',
  });
  expect(await db.query('SELECT photos_timestamp FROM etl_watermark')).toEqual(before);
  const usage = await db.query<{ n: string }>(
    "SELECT SUM(calls) AS n FROM etl_api_usage WHERE resource = 'Property' AND kind = 'census'",
  );
  expect(usage).toEqual([{ n: '1' }]);
});

test('promise 9: photos that change while the first load pages are found: the watermark begins where the load began', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 300 });
  let pages = 0;
  sandbox.onRequest = ({ resource }) => {
    if (resource === 'Property' && ++pages === 4) sandbox.feed.changePhotos(40, { touchListing: false });
  };
  await run({ mode: 'full-load', resources: [property] }, { odata: { pageSize: 50 } });
  expect(pages).toBe(7);
  await run({ resources: [property, media] });
  await run();
  await expectMedia(sandbox, db);
});

test('promise 9: a feed whose Date header is a day fast loses no photos', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 60 });
  sandbox.faults.add({ kind: 'clock', by: 86_400_000, count: Infinity });
  await run();
  sandbox.feed.changePhotos(8, { touchListing: false });
  await run();
  await expectMedia(sandbox, db);
});

test('promise 1: a sync that is killed at any request for photos forgets none of them', async () => {
  const sandbox = await sandboxFor({ listings: 900, mediaPerListing: 1 });
  const db = await migratedDatabase();
  const folder = configured(sandbox, db, { MEDIA_STRATEGY: 'resource' });
  expect(await trestle(folder, ['full-load'])).toMatchObject({ code: 0 });
  // Three requests by key: 250 listings each.
  sandbox.feed.changePhotos(700, { touchListing: false });
  const due = async (): Promise<number> => {
    const [row] = await db.query<{ n: string }>('SELECT COUNT(*) AS n FROM properties WHERE media_due = 1');
    return Number(row!.n);
  };
  const watermark = (): Promise<object[]> =>
    db.query("SELECT photos_timestamp FROM etl_watermark WHERE resource = 'Property'");
  const before = await watermark();
  // The query, the first and the last request by key, and then one for media.
  for (const nth of [2, 3, 5, 6]) {
    const { child, ended } = start(folder, ['sync']);
    let data = 0;
    sandbox.onRequest = async ({ kind }) => {
      if (kind !== 'data') return;
      data += 1;
      if (data !== nth) return;
      // By then one page that came before is committed.
      if (nth === 5) await vi.waitUntil(async () => (await due()) > 1, { timeout: WAIT_MS });
      child.kill('SIGKILL');
      await ended;
    };
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
    sandbox.onRequest = undefined;
    // The newest listing comes with the overlap.
    if (nth < 5) expect(await due()).toBe(1);
    if (nth === 5) expect(await due()).toBeLessThan(700);
    if (nth < 6) expect(await watermark()).toEqual(before);
  }
  expect(await watermark()).not.toEqual(before);
  expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stderr: '' });
  await expectMedia(sandbox, db);
});

test('a database that was complete before the upgrade is compared once as a whole, and what was missed is repaired', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 500 });
  await run();
  // As an earlier version left it: photos have changed unseen, and the columns are not there yet.
  sandbox.feed.changePhotos(30, { touchListing: false });
  await db.query(
    'ALTER TABLE etl_watermark DROP COLUMN photos_timestamp, DROP COLUMN photos_refused_at, DROP COLUMN photos_refusal',
  );
  await db.query('DELETE FROM etl_schema_version WHERE version = 13');
  const records = [...sandbox.feed.records('Property')];
  expect(records.some((record) => record['PhotosChangeTimestamp'] === null)).toBe(true);
  sandbox.requests.length = 0;
  expect((await run()).status).toBe('success');
  await expectMedia(sandbox, db);
  const { photos, byKey } = asked(sandbox);
  expect([photos.length, byKey.length]).toEqual([1, 1]);
  expect(photos[0]!.query['$filter']).toContain('PhotosChangeTimestamp ge 1900');
  // From then on only what is new.
  sandbox.requests.length = 0;
  await run();
  expect(asked(sandbox).byKey).toEqual([]);
  expect(asked(sandbox).photos[0]!.query['$filter']).not.toContain('1900');
});

test('a feed that cannot filter by the photos field is asked again after a day only, and status shows why', async () => {
  const { sandbox, db, run, lines } = await pipeline({ listings: 200 });
  const folder = configured(sandbox, db, { RESOURCES: 'Property,Media' });
  await run();
  sandbox.feed.changeLicence({ suppress: ['PhotosChangeTimestamp'] });
  sandbox.feed.changePhotos(10, { touchListing: false });
  sandbox.requests.length = 0;
  expect((await run()).status).toBe('success');
  // In a page of keys and in an ordinary one.
  expect(asked(sandbox).photos.map(({ status }) => status)).toEqual([400, 400]);
  await run();
  expect(asked(sandbox).photos).toHaveLength(2);
  const words = /Property: only reconcile finds photos that change without their listing: .*suppressed/;
  expect((await trestle(folder, ['status'])).stdout).toMatch(words);
  expect((await trestle(folder, ['plan', '--json'])).stdout).toMatch(/"calls": 1,/);

  // Still refused: asked again, but not reported again.
  await run({}, { schemaAge: 0 });
  expect(lines.filter(({ message }) => message.includes('cannot check for photos'))).toHaveLength(1);

  sandbox.feed.changeLicence({ suppress: [] });
  await run({}, { schemaAge: 0 });
  await expectMedia(sandbox, db);
  expect((await trestle(folder, ['status'])).stdout).not.toMatch(words);
});

test('without a licence for the photos fields nothing is asked, and status shows why', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 60 });
  const folder = configured(sandbox, db, { RESOURCES: 'Property,Media' });
  await run();
  sandbox.feed.changeLicence({ lose: ['PhotosCount'] });
  sandbox.requests.length = 0;
  expect((await run({}, { schemaAge: 0 })).status).toBe('success');
  expect(asked(sandbox).photos).toEqual([]);
  expect((await trestle(folder, ['status'])).stdout).toContain(
    'only reconcile finds photos that change without their listing: the licence lacks PhotosChangeTimestamp or PhotosCount',
  );
});

test('a dry run reports the listings whose photos changed, and stores nothing', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 100 });
  await run();
  const changed = sandbox.feed.changePhotos(7, { touchListing: false });
  const before = await db.query('SELECT * FROM etl_watermark');
  sandbox.requests.length = 0;
  const folder = configured(sandbox, db, { RESOURCES: 'Property,Media' });
  expect(await trestle(folder, ['sync', '--dry-run'])).toMatchObject({ code: 0 });
  expect([asked(sandbox).photos.length, asked(sandbox).byKey.length]).toEqual([1, 0]);
  expect(await db.query('SELECT * FROM etl_watermark')).toEqual(before);
  const said: string[] = [];
  const progress = {
    show: () => undefined,
    showBytes: () => undefined,
    showText: () => undefined,
    report: (text: string) => void said.push(text),
    end: () => undefined,
  };
  await run({ dryRun: true }, { tools: { progress } });
  expect(said).toContain(
    `Property: photos of ${changed.length} listings changed without the listing; they would be fetched`,
  );
});

test('PROPERTY_FILTER holds for the query too, and without Media nothing is asked', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 200 });
  const filters = { Property: "StandardStatus eq 'Active'" };
  await run({}, { odata: { filters }, filters });
  const before = await db.query('SELECT COUNT(*) AS n FROM properties');
  const changed = sandbox.feed.changePhotos(120, { touchListing: false });
  const active = changed.filter((key) => sandbox.feed.get('Property', key)!['StandardStatus'] === 'Active');
  expect(active.length).toBeGreaterThan(5);
  sandbox.requests.length = 0;
  await run({ resources: [property] }, { odata: { filters }, filters });
  expect(asked(sandbox).photos).toEqual([]);
  const outcome = await run({}, { odata: { filters }, filters });
  expect(outcome.resources['Media']).toMatchObject({ sets: active.length });
  expect(await db.query('SELECT COUNT(*) AS n FROM properties')).toEqual(before);
  expect(asked(sandbox).photos[0]!.query['$filter']).toContain(filters.Property);
});

test('promise 3: the photos watermark is the text of the feed, and never goes into the future', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 50 });
  await run();
  const [key] = sandbox.feed.changePhotos(1, { touchListing: false });
  const text = readText(sandbox.feed.get('Property', key!)!, 'PhotosChangeTimestamp');
  const ahead = [...sandbox.feed.records('Property')].find((record) => record['ListingKey'] !== key);
  sandbox.feed.put('Property', { ...ahead!, PhotosChangeTimestamp: '2099-01-01T00:00:00.000-00:00' });
  await run();
  expect(
    await db.query("SELECT photos_timestamp AS at FROM etl_watermark WHERE resource = 'Property'"),
  ).not.toEqual([{ at: '2099-01-01T00:00:00.000-00:00' }]);
  await expectMedia(sandbox, db);
  sandbox.feed.changePhotos(5, { touchListing: false });
  await run();
  await expectMedia(sandbox, db);
  expect(text).toMatch(/-00:00$/);
});

test('a listing in quarantine is not fetched again and again for its photos', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 40 });
  await run();
  sandbox.feed.changePhotos(1, { touchListing: false });
  const [bad] = sandbox.feed.corrupt(1);
  const record = sandbox.feed.get('Property', bad!)!;
  sandbox.feed.put('Property', { ...record, PhotosChangeTimestamp: new Date().toISOString() });
  await run();
  expect(await db.query('SELECT record_key AS k FROM etl_quarantine')).toEqual([{ k: bad }]);
  sandbox.requests.length = 0;
  await run();
  expect(asked(sandbox).byKey).toEqual([]);
});

test('promise 9: listings that are not sent by their keys keep the photos watermark back, and the run is partial', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 100 });
  await run();
  const watermark = () =>
    db.query("SELECT photos_timestamp AS at FROM etl_watermark WHERE resource = 'Property'");
  const before = await watermark();
  sandbox.feed.changePhotos(11, { touchListing: false });
  // After the page of the sync and the query for photos.
  sandbox.faults.add({ kind: 'short-page', rows: 0, resource: 'Property', skip: 2, count: Infinity });
  expect((await run({}, { overlap: 0 })).status).toBe('partial');
  expect(await watermark()).toEqual(before);
  sandbox.faults.clear();
  expect((await run({}, { overlap: 0 })).status).toBe('success');
  await expectMedia(sandbox, db);
});
