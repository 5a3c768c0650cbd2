import { expect, test } from 'vitest';
import { verify } from '../../src/run/repair/verify.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import type { Source } from '../../src/sources/source.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { isWalk, keysOf, nthWalk } from '../helpers/holes.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';

const PAGES = { odata: { pageSize: 50, maxRetries: 1 } };
const LISTINGS = { resources: [property] };

/** The real source, whose first read ends after 20 records, and which counts nothing. */
function uncounted(all: Pipeline): { tools: { source: Source } } {
  const { source } = all.tools(PAGES);
  let reads = 0;
  return {
    tools: {
      source: {
        ...source,
        async *read(dataset, from, signal) {
          reads += 1;
          for await (const { count: _, ...page } of source.read(dataset, from, signal)) {
            if (reads > 1) yield page;
            else return yield { ...page, records: page.records.slice(0, 20) };
          }
        },
      },
    },
  };
}

test('promise 4: a feed that counts nothing, and sends a short first page in the first load, is loaded whole', async () => {
  const all = await pipeline({ listings: 300 });
  expect(await all.run(LISTINGS, { ...PAGES, ...uncounted(all) })).toMatchObject({ status: 'success' });
  expect(await expectParity(all.sandbox, all.db, property)).toBe(300);
});

test('promise 4: a full-load over a complete table that is answered once with nothing still stores every change', async () => {
  const all = await pipeline({ listings: 300 });
  await all.run(LISTINGS, PAGES);
  all.sandbox.feed.changeListings(30);
  all.sandbox.requests.length = 0;
  const everything = [...all.sandbox.feed.records('Property')];
  all.sandbox.onRequest = (seen) => {
    if (seen.resource !== 'Property') return;
    const isEmpty = isWalk(seen) && nthWalk(all) <= 2;
    for (const record of everything) {
      if (isEmpty) all.sandbox.feed.remove('Property', readText(record, 'ListingKey'));
      else all.sandbox.feed.put('Property', record);
    }
  };
  const outcome = await all.run({ ...LISTINGS, mode: 'full-load' }, PAGES);
  expect(outcome).toMatchObject({ status: 'success', resources: { Property: { updated: 30 } } });
  expect(await expectParity(all.sandbox, all.db, property)).toBe(300);
});

test('promise 4: a full-load whose count fits what it sends, but which is smaller than the table, stores every change', async () => {
  const all = await pipeline({ listings: 300 });
  await all.run(LISTINGS, PAGES);
  all.sandbox.feed.changeListings(40);
  all.sandbox.requests.length = 0;
  const hidden = keysOf(all.sandbox)
    .slice(250)
    .map((key) => all.sandbox.feed.get('Property', key)!);
  all.sandbox.onRequest = (seen) => {
    if (seen.resource !== 'Property') return;
    for (const record of hidden) {
      if (isWalk(seen)) all.sandbox.feed.remove('Property', readText(record, 'ListingKey'));
      else all.sandbox.feed.put('Property', record);
    }
  };
  expect(await all.run({ ...LISTINGS, mode: 'full-load' }, PAGES)).toMatchObject({ status: 'success' });
  expect(await expectParity(all.sandbox, all.db, property)).toBe(300);
});

test('promise 8: a listing whose ModificationTimestamp becomes null is reported, quarantined once, and stored when it has one', async () => {
  const all = await pipeline({ listings: 100 });
  await all.run(LISTINGS, PAGES);
  const key = keysOf(all.sandbox)[40]!;
  const record = all.sandbox.feed.get('Property', key)!;
  all.sandbox.feed.put('Property', { ...record, ListPrice: 77_777, ModificationTimestamp: null });
  expect(await verify(all.tools(), property, undefined)).toMatchObject({ missing: [], stale: [key] });
  expect(await all.reconcile()).toMatchObject({ fetched: 1, deleted: 0 });
  const held = await all.db.query('SELECT record_key, reasons FROM etl_quarantine');
  expect(held).toMatchObject([{ record_key: key }]);
  expect(String(held[0]!['reasons'])).toContain('ModificationTimestamp');
  expect(await all.reconcile()).toMatchObject({ fetched: 0, deleted: 0 });
  const stamp = new Date().toISOString();
  all.sandbox.feed.put('Property', { ...record, ListPrice: 88_888, ModificationTimestamp: stamp });
  await all.run(LISTINGS, PAGES);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(100);
  expect(await all.db.query('SELECT record_key FROM etl_quarantine')).toEqual([]);
});

test('promise 9: a set that comes twice smaller than its listing counts, and than what is stored, is reported', async () => {
  const all = await pipeline({ listings: 40 });
  await all.run();
  const victim = [...all.sandbox.feed.records('Property')].find(
    ({ PhotosCount }) => Number(PhotosCount) >= 3,
  )!;
  const key = readText(victim, 'ListingKey');
  const own = [...all.sandbox.feed.records('Media')].filter(
    (medium) => readText(medium, 'ResourceRecordKey') === key,
  );
  all.sandbox.feed.remove('Media', readText(own.at(-1)!, 'MediaKey'));
  const stamp = new Date().toISOString();
  all.sandbox.feed.put('Property', { ...victim, PhotosChangeTimestamp: stamp, ModificationTimestamp: stamp });
  expect(await all.run()).toMatchObject({ status: 'success' });
  expect(await expectParity(all.sandbox, all.db, media)).toBe(all.sandbox.feed.size('Media'));
  const reported = all.lines.filter(({ message }) => message.startsWith('removed records'));
  expect(reported.map(({ data }) => data)).toEqual([{ resource: 'Media', listings: [key], count: 1 }]);
});
