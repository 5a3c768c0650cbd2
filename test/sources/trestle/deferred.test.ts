import { expect, test } from 'vitest';
import { readText } from '../../../src/sandbox/trestle/record.ts';
import { media } from '../../../src/sources/trestle/datasets/media.ts';
import { property } from '../../../src/sources/trestle/datasets/property.ts';
import { deferredSource } from '../../../src/sources/trestle/deferred.ts';
import type { TrestleSource } from '../../../src/sources/trestle/odata/index.ts';
import { sandboxFor } from '../../helpers/pipeline.ts';
import { sourceOf } from '../../helpers/source.ts';

const { signal } = new AbortController();

async function opened() {
  const sandbox = await sandboxFor({ listings: 20, oddValues: false });
  const { url: base, tokenUrl, clientId, clientSecret } = sandbox;
  const { source } = sourceOf({ base, tokenUrl, clientId, clientSecret }, { pageSize: 50 });
  let loads = 0;
  const load = async (): Promise<TrestleSource> => {
    loads += 1;
    return source;
  };
  const deferred = deferredSource(load, { now: () => 4711, quota: () => undefined, schema: source.schema });
  return { sandbox, source, deferred, loads: () => loads };
}

async function listOf<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const page of pages) list.push(page);
  return list;
}

async function countRecords(pages: AsyncIterable<{ readonly records: readonly unknown[] }>): Promise<number> {
  let count = 0;
  for await (const { records } of pages) count += records.length;
  return count;
}

test('a feed that nothing was requested of is not loaded, and reports what was known before', async () => {
  const { deferred, loads } = await opened();
  expect([deferred.now(), deferred.quota(), deferred.requests()]).toEqual([4711, undefined, 0]);
  expect(deferred.schema.required.has('Property')).toBe(true);
  deferred.read(property, { cursor: undefined }, signal);
  expect(loads()).toBe(0);
});

test('it is loaded once, however many requests begin together, and reports for itself from then on', async () => {
  const { deferred, source, loads } = await opened();
  const counts = await Promise.all([
    deferred.keys.count(property, signal),
    countRecords(deferred.read(property, { cursor: undefined }, signal)),
    countRecords(deferred.replicate(property, signal)),
  ]);
  expect(counts).toEqual([20, 20, 20]);
  expect(loads()).toBe(1);
  expect(deferred.requests()).toBe(source.requests());
  expect(deferred.now()).not.toBe(4711);
  expect(deferred.quota()?.hour.left).toBe(source.quota()?.hour.left);
});

test('each kind of request answers as the feed does', async () => {
  const { sandbox, deferred, source } = await opened();
  const [record] = sandbox.feed.records('Property');
  const keys = [readText(record!, 'ListingKey')];
  const answersOf = async ({ keys: byKey, ...feed }: TrestleSource): Promise<unknown[]> => [
    await countRecords(feed.children(media, keys, signal)),
    await countRecords(byKey.records(property, keys, signal)),
    await byKey.present(property, keys, 'all', signal),
    await listOf(byKey.census(property, undefined, signal)),
    await listOf(byKey.within(property, { from: undefined, to: undefined }, signal)),
    await listOf(feed.changedPhotos(property, { timestamp: '2000-01-01T00:00:00Z' }, signal)),
    Object.keys((await feed.schema.read(signal)).sets),
  ];
  expect(await answersOf(deferred)).toEqual(await answersOf(source));
});
