import { expect, test } from 'vitest';
import { BusyError } from '../../src/errors.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { pipeline } from '../helpers/pipeline.ts';

const limited = (requests: readonly { status: number }[]) =>
  requests.filter((request) => request.status === 429).length;

test('promise 11: a run that needs twice what a minute allows gets through without one 429', async () => {
  // A minute of four seconds: the same arithmetic, sooner.
  const { sandbox, run } = await pipeline({ listings: 1000, minuteQuota: 60, minuteWindowMs: 4000 });
  const outcome = await run(
    { mode: 'full-load', resources: [property] },
    { odata: { pageSize: 8, minute: 4000 } },
  );
  expect(outcome.totals.inserted).toBe(1000);
  expect(outcome.calls).toBeGreaterThan(120);
  expect(limited(sandbox.requests)).toBe(0);
});

test('promise 11: the reserve of the hour is left to others, and the run says when to try again', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 200, hourQuota: 20 });
  const load = () =>
    run(
      { mode: 'full-load', resources: [property] },
      { odata: { pageSize: 5, reservePercent: 50, maxWait: 100 } },
    );
  await expect(load()).rejects.toThrow(BusyError);
  expect(sandbox.requests.filter((request) => request.kind === 'data')).toHaveLength(10);
  expect(await db.query('SELECT status, records_inserted FROM etl_sync_log')).toEqual([
    { status: 'partial', records_inserted: '50' },
  ]);
  // What is left was remembered: the next run does not even ask.
  await expect(load()).rejects.toThrow(/quota is spent/);
  expect(sandbox.requests.filter((request) => request.kind === 'data')).toHaveLength(10);
});

test('promise 11: an answer that says that nothing is left of the hour is good: kept, and nothing is asked after it', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 200, hourQuota: 2 });
  const settings = { odata: { pageSize: 50, reservePercent: 0, maxWait: 100 } };
  await expect(run({ resources: [property] }, settings)).rejects.toThrow(BusyError);
  expect(sandbox.requests.filter(({ kind }) => kind === 'data').map(({ status }) => status)).toEqual([
    200, 200,
  ]);
  expect(await db.query('SELECT status, records_inserted FROM etl_sync_log')).toEqual([
    { status: 'partial', records_inserted: '100' },
  ]);
});

test('promise 13: 429s that come all the same are waited out, however many', async () => {
  const { sandbox, run } = await pipeline({ listings: 50 });
  sandbox.faults.add({ kind: 'rate-limit', retryAfter: 0, count: 3, resource: 'Property' });
  const outcome = await run({ resources: [property] }, { odata: { maxRetries: 0, minute: 20 } });
  expect(outcome.totals.inserted).toBe(50);
  expect(limited(sandbox.requests)).toBe(3);
});
