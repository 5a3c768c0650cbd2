import { describe, expect, test } from 'vitest';
import { clock } from '../../src/host/clock.ts';
import type { Page } from '../../src/model/page.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import type { Source } from '../../src/sources/source.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { hide, isWalk, keysOf, nthWalk } from '../helpers/holes.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';

const PAGES = { odata: { pageSize: 50, maxRetries: 1 } };
const LISTINGS = { resources: [property] };

/** The keys and versions of the feed that are not stored; whole records are compared elsewhere. */
async function differing({ sandbox, db }: Pipeline): Promise<string[]> {
  const rows = await db.query(
    'SELECT listing_key AS k, list_price AS p FROM properties WHERE deleted_at IS NULL',
  );
  const here = new Map(rows.map(({ k, p }) => [String(k), Number(p)]));
  return [...sandbox.feed.records('Property')].flatMap((record) => {
    const key = readText(record, 'ListingKey');
    return here.get(key) === Number(sandbox.feed.serve('Property', record)['ListPrice']) ? [] : [key];
  });
}

describe('promise 4: what is sent twice does not hide what is left out', () => {
  test('on a feed that keeps more digits of a timestamp than it sends', async () => {
    const all = await pipeline({ listings: 300, sentDigits: 3, oddValues: false });
    for (const [nth, key] of keysOf(all.sandbox).entries()) {
      const stamp = `${new Date(Date.UTC(2026, 0, 1) + nth * 1000).toISOString().slice(0, -1)}4567Z`;
      const record = all.sandbox.feed.get('Property', key)!;
      all.sandbox.feed.put('Property', { ...record, ModificationTimestamp: stamp });
    }
    hide(all.sandbox, keysOf(all.sandbox).slice(110, 114), (seen) => isWalk(seen) && nthWalk(all) === 3);
    expect(await all.run(LISTINGS, PAGES)).toMatchObject({ status: 'success' });
    expect(await differing(all)).toEqual([]);
  });

  test('when a listing moves while it is paged', async () => {
    const all = await pipeline({ listings: 300, oddValues: false });
    const [first, , , left] = keysOf(all.sandbox).slice(60);
    const record = all.sandbox.feed.get('Property', left!)!;
    all.sandbox.onRequest = (seen) => {
      if (seen.resource !== 'Property' || !isWalk(seen)) return;
      if (nthWalk(all) === 2) all.sandbox.feed.remove('Property', left!);
      else all.sandbox.feed.put('Property', record);
      if (nthWalk(all) === 4) all.sandbox.feed.changeListings(1);
    };
    expect(first).not.toBe(left);
    expect(await all.run(LISTINGS, PAGES)).toMatchObject({ status: 'success' });
    expect(await differing(all)).toEqual([]);
  });
});

describe('promise 4: what was passed over is found although the run ended before its read did', () => {
  test('a sync that --max-pages ended', async () => {
    const all = await pipeline({ listings: 300, oddValues: false });
    await all.run(LISTINGS, PAGES);
    all.sandbox.feed.changeListings(250);
    all.sandbox.requests.length = 0;
    hide(all.sandbox, keysOf(all.sandbox).slice(110, 120), (seen) => isWalk(seen) && nthWalk(all) === 2);
    expect(await all.run({ ...LISTINGS, maxPages: 4 }, PAGES)).toMatchObject({ status: 'partial' });
    all.sandbox.onRequest = undefined;
    expect(await all.run(LISTINGS, PAGES)).toMatchObject({ status: 'success' });
    expect(await differing(all)).toEqual([]);
    const [watermark] = await all.db.query('SELECT walk_from FROM etl_watermark');
    expect(watermark).toEqual({ walk_from: null });
  });

  test('a full-load over a complete table', async () => {
    const all = await pipeline({ listings: 300, oddValues: false });
    await all.run(LISTINGS, PAGES);
    // The watermark has passed these changes already.
    for (const key of keysOf(all.sandbox).slice(60, 70)) {
      const record = all.sandbox.feed.get('Property', key)!;
      all.sandbox.feed.put('Property', { ...record, ListPrice: 77_777 });
    }
    const touched = keysOf(all.sandbox).slice(60, 70);
    await all.db.query(
      `UPDATE properties SET modification_timestamp = '2000-01-01' WHERE listing_key IN ('${touched.join("','")}')`,
    );
    all.sandbox.requests.length = 0;
    hide(all.sandbox, touched, (seen) => isWalk(seen) && nthWalk(all) === 2);
    const load = { ...LISTINGS, mode: 'full-load' as const };
    expect(await all.run({ ...load, maxPages: 3 }, PAGES)).toMatchObject({ status: 'partial' });
    all.sandbox.onRequest = undefined;
    expect(await all.run(load, PAGES)).toMatchObject({ status: 'success' });
    expect(await differing(all)).toEqual([]);
  });

  test('a replication that left records out', async () => {
    const all = await pipeline({ listings: 300, oddValues: false });
    await all.run(LISTINGS, PAGES);
    const changed = all.sandbox.feed.changeListings(20);
    const records = changed.slice(0, 3).map((key) => all.sandbox.feed.get('Property', key)!);
    all.sandbox.onRequest = (seen) => {
      const isHidden = seen.path.includes('replication') || seen.query['replication'] === 'true';
      for (const record of records) {
        if (isHidden) all.sandbox.feed.remove('Property', readText(record, 'ListingKey'));
        else all.sandbox.feed.put('Property', record);
      }
    };
    const load = { ...LISTINGS, mode: 'full-load', strategy: 'replication' } as const;
    expect(await all.run(load, PAGES)).toMatchObject({ status: 'success' });
    expect(await differing(all)).toEqual([]);
  });
});

/** A source whose answers are changed on their way; everything else is real. */
function through(source: Source, change: Partial<Source>): { tools: { source: Source } } {
  return { tools: { source: { ...source, ...change } } };
}

const textOf = (record: Page['records'][number]): string =>
  typeof record === 'string' ? record : record.bytes.toString();

const listingKey = (record: Page['records'][number]): string =>
  String((JSON.parse(textOf(record)) as Record<string, unknown>)['ListingKey']);

describe('promise 9: a set holds what its own parents have', () => {
  test('an older version of another listing’s medium in the answer changes nothing', async () => {
    const all = await pipeline({ listings: 40, oddValues: false });
    await all.run();
    const [changed] = all.sandbox.feed.changePhotos(1);
    const other = [...all.sandbox.feed.records('Media')].find(
      (record) => readText(record, 'ResourceRecordKey') !== changed,
    )!;
    const old = JSON.parse(all.sandbox.feed.serveText('Media', other)) as Record<string, unknown>;
    const foreign = JSON.stringify({ ...old, Order: 99, ModificationTimestamp: '2001-01-01T00:00:00Z' });
    const { source } = all.tools(PAGES);
    const children: Source['children'] = async function* (dataset, parents, signal) {
      for await (const page of source.children!(dataset, parents, signal))
        yield { ...page, records: [...page.records, foreign], count: (page.count ?? 0) + 1 };
    };
    await all.run({}, { ...PAGES, ...through(source, { children }) });
    expect(await expectParity(all.sandbox, all.db, media)).toBe(all.sandbox.feed.size('Media'));
  });

  test('a medium that stands twice in the place of another one deletes nothing', async () => {
    const all = await pipeline({ listings: 40, oddValues: false });
    await all.run();
    const before = await all.db.query('SELECT COUNT(*) AS n FROM media');
    const parent = [...all.sandbox.feed.records('Property')].find(
      (record) => Number(record['PhotosCount']) >= 2,
    )!;
    const stamp = new Date().toISOString();
    all.sandbox.feed.put('Property', {
      ...parent,
      ModificationTimestamp: stamp,
      PhotosChangeTimestamp: stamp,
    });
    const { source } = all.tools(PAGES);
    const children: Source['children'] = async function* (dataset, parents, signal) {
      for await (const page of source.children!(dataset, parents, signal))
        yield { ...page, records: page.records.map((each, nth) => (nth === 1 ? page.records[0]! : each)) };
    };
    expect(await all.run({}, { ...PAGES, ...through(source, { children }) })).toMatchObject({
      status: 'partial',
    });
    expect(await all.db.query('SELECT COUNT(*) AS n FROM media')).toEqual(before);
  });
});

test('promise 8: a record that is older than it was listed is missed, and the run is partial', async () => {
  const all = await pipeline({ listings: 100, oddValues: false });
  await all.run(LISTINGS, PAGES);
  const old = new Map(
    [...all.sandbox.feed.records('Property')].map((record) => [
      readText(record, 'ListingKey'),
      all.sandbox.feed.serveText('Property', record),
    ]),
  );
  all.sandbox.feed.changeListings(30);
  const { source } = all.tools(PAGES);
  const keys: Source['keys'] = {
    ...source.keys!,
    async *records(dataset, wanted, signal) {
      for await (const page of source.keys!.records(dataset, wanted, signal)) {
        yield { ...page, records: page.records.map((each) => old.get(listingKey(each))!) };
      }
    },
  };
  all.sandbox.requests.length = 0;
  hide(all.sandbox, keysOf(all.sandbox).slice(80, 85), (seen) => isWalk(seen) && nthWalk(all) === 1);
  const lagging = await all.run(LISTINGS, { ...PAGES, ...through(source, { keys }) });
  expect(lagging).toMatchObject({ status: 'partial' });
  all.sandbox.onRequest = undefined;
  expect(await all.run(LISTINGS, PAGES)).toMatchObject({ status: 'success' });
  expect(await differing(all)).toEqual([]);
});

test('promise 3: with an overlap of a minute, a record four minutes ahead hides no change', async () => {
  const all = await pipeline({ listings: 50, oddValues: false });
  const settings = { ...PAGES, overlap: 60_000 };
  await all.run(LISTINGS, settings);
  const [one, two] = keysOf(all.sandbox);
  const put = (key: string, ahead: number): void => {
    const stamp = new Date(Date.now() + ahead).toISOString();
    const record = all.sandbox.feed.get('Property', key)!;
    all.sandbox.feed.put('Property', { ...record, ListPrice: 55_555, ModificationTimestamp: stamp });
  };
  put(one!, 240_000);
  await all.run(LISTINGS, settings);
  put(two!, 0);
  expect(await all.run(LISTINGS, settings)).toMatchObject({ status: 'success' });
  expect(await differing(all)).toEqual([]);
});

test('promise 2: a watermark that was in the future when it was stored hides nothing later either', async () => {
  const all = await pipeline({ listings: 50, oddValues: false });
  await all.run(LISTINGS, PAGES);
  const [one, two] = keysOf(all.sandbox);
  const put = (key: string, hours: number): void => {
    const stamp = new Date(Date.now() + hours * HOUR_MS).toISOString();
    const record = all.sandbox.feed.get('Property', key)!;
    all.sandbox.feed.put('Property', { ...record, ListPrice: 66_666, ModificationTimestamp: stamp });
  };
  put(one!, 2);
  all.sandbox.faults.add({ kind: 'clock', by: 3 * HOUR_MS, count: 20 });
  await all.run(LISTINGS, PAGES);
  all.sandbox.faults.clear();
  // Two and a half hours later.
  put(two!, 1);
  all.sandbox.faults.add({ kind: 'clock', by: 2.5 * HOUR_MS, count: Infinity });
  const later = { ...clock, now: () => clock.now() + 2.5 * HOUR_MS };
  expect(await all.run(LISTINGS, { ...PAGES, tools: { clock: later } })).toMatchObject({ status: 'success' });
  expect(await differing(all)).toEqual([]);
});

const HOUR_MS = 3_600_000;
