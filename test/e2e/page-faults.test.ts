import { describe, expect, test } from 'vitest';
import { FatalError, UnavailableError } from '../../src/errors.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { expectParity } from '../helpers/parity.ts';
import { pipeline } from '../helpers/pipeline.ts';

const PAGES = { odata: { pageSize: 100, maxRetries: 1 } };

describe('promise 4: a short page without a link is no end while the count says more', () => {
  test('in a first load, in a sync, and in the sets of listings', async () => {
    const { sandbox, db, run } = await pipeline({ listings: 250 });
    sandbox.faults.add({ kind: 'short-page', rows: 70, resource: 'Property' });
    sandbox.faults.add({ kind: 'short-page', rows: 30, resource: 'Media', skip: 1, count: 2 });
    expect(await run({}, PAGES)).toMatchObject({ status: 'success' });
    expect(await expectParity(sandbox, db, property)).toBe(250);
    expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
    sandbox.feed.changePhotos(90);
    sandbox.faults.add({ kind: 'short-page', rows: 50, resource: 'Property' });
    sandbox.faults.add({ kind: 'short-page', rows: 20, resource: 'Media', count: 3 });
    expect(await run({}, PAGES)).toMatchObject({ status: 'success' });
    expect(await expectParity(sandbox, db, property)).toBe(250);
    expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
  });

  test('in a census', async () => {
    const { sandbox, run, reconcile } = await pipeline({ listings: 250 });
    await run({ resources: [property] }, PAGES);
    sandbox.faults.add({ kind: 'short-page', rows: 70, resource: 'Property' });
    expect(await reconcile()).toMatchObject({ upstream: 250, candidates: 0, deleted: 0 });
  });

  test('promise 14: a sync of a feed that stood still costs one request for listings and one for photos', async () => {
    const { sandbox, run } = await pipeline({ listings: 250 });
    await run();
    sandbox.requests.length = 0;
    await run();
    expect(sandbox.requests.filter(({ kind }) => kind === 'data')).toHaveLength(2);
  });
});

test('promise 4: empty pages whose links never end are bounded: error, and nothing is skipped', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 250 });
  sandbox.faults.add({ kind: 'empty-pages', resource: 'Property', skip: 2, count: Infinity });
  const load = run({ resources: [property] }, PAGES);
  await expect(load).rejects.toThrow(FatalError);
  await expect(load).rejects.toThrow(/the next link is \S+\/Property\?\$skip=\d+$/);
  expect(sandbox.requests.filter(({ kind }) => kind === 'data').length).toBeLessThanOrEqual(7);
  sandbox.faults.clear();
  expect(await run({ resources: [property] }, PAGES)).toMatchObject({ status: 'success' });
  expect(await expectParity(sandbox, db, property)).toBe(250);
});

test('promise 13: an error beside records in a 200 is a failure that is tried again, and its words are logged', async () => {
  const { sandbox, db, run, lines } = await pipeline({ listings: 250 });
  sandbox.faults.add({ kind: 'error-inside', resource: 'Property', skip: 1 });
  expect(await run({ resources: [property] }, PAGES)).toMatchObject({ status: 'success' });
  expect(await expectParity(sandbox, db, property)).toBe(250);
  const logged = lines.find(({ message }) => message === 'retrying');
  expect(logged?.data).toMatchObject({
    err: { message: expect.stringContaining('Injected fault') as string },
  });
  sandbox.faults.add({ kind: 'error-inside', resource: 'Property', count: Infinity });
  const failing = run({ resources: [property] }, PAGES);
  await expect(failing).rejects.toThrow(UnavailableError);
  await expect(failing).rejects.toThrow(/answered 200 with an error: Injected fault/);
});
