import { beforeAll, describe, expect, test } from 'vitest';
import { BusyError } from '../../src/errors.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { fakeClock, type FakeClock } from '../helpers/fake-clock.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline, sandboxFor, type Settings } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

const MINUTE = 60_000;

type Storm = Pipeline & { readonly clock: FakeClock; readonly settings: Settings; refusals(): number };

/** A feed whose third page is answered 429 until so much time has passed, on a clock that waits for nothing. */
async function storm(lasts: number, header: 'bare' | 'quota' | 'retry-after'): Promise<Storm> {
  const all = await pipeline({ listings: 400 });
  const { sandbox } = all;
  const clock = fakeClock(Date.now());
  let pages = 0;
  let until = Infinity;
  sandbox.onRequest = () => {
    pages += 1;
    if (pages === 3) until = clock.now() + lasts;
    if (pages < 3 || clock.now() >= until) return;
    sandbox.faults.add({ kind: 'rate-limit', ...(header === 'retry-after' ? { retryAfter: 20 } : {}) });
    if (header !== 'quota') sandbox.faults.add({ kind: 'no-quota-headers' });
  };
  const odata = { clock, pageSize: 100, maxRetries: 0, deadline: 10 * MINUTE, maxWait: 10 * MINUTE };
  const refusals = () => sandbox.requests.filter((request) => request.status === 429).length;
  return { ...all, clock, settings: { odata, tools: { clock } }, refusals };
}

describe('promise 11: a storm of 429', () => {
  test.each(['bare', 'quota', 'retry-after'] as const)(
    'that lasts longer than a minute is waited out, with few questions (%s)',
    async (header) => {
      const { sandbox, db, run, clock, settings, refusals } = await storm(1.5 * MINUTE, header);
      const outcome = await run({ resources: [property] }, settings);
      expect(outcome.status).toBe('success');
      expect(await expectParity(sandbox, db, property)).toBe(400);
      expect(clock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(1.5 * MINUTE);
      expect(refusals()).toBeGreaterThan(0);
      expect(refusals()).toBeLessThanOrEqual(7);
    },
  );

  test('that does not end is left to the next run: the pages before it stay, and it is no failure', async () => {
    const { sandbox, db, run, settings, refusals } = await storm(60 * MINUTE, 'bare');
    await expect(run({ resources: [property] }, settings)).rejects.toThrow(BusyError);
    // One every 32 s at most, and the first few sooner.
    expect(refusals()).toBeLessThanOrEqual(26);
    expect(await db.query('SELECT status, pages, records_inserted FROM etl_sync_log')).toEqual([
      { status: 'partial', pages: '2', records_inserted: '200' },
    ]);
    sandbox.onRequest = undefined;
    sandbox.faults.clear();
    const next = await run({ resources: [property] }, settings);
    expect(next).toMatchObject({ status: 'success', totals: { inserted: 200, processed: 200 } });
    expect(await expectParity(sandbox, db, property)).toBe(400);
  });
});

const PROXY_PAGE = '<html><body><h1>502 Bad Gateway</h1></body></html>';

describe('promise 13: an API that is not there', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await sandboxFor({ listings: 400 });
  });

  test('a 502 with a proxy’s page, in sign-in and feed, is survived', async () => {
    const db = await migratedDatabase();
    const gone = { kind: 'status', status: 502, body: PROXY_PAGE, retryAfter: '0', count: 2 } as const;
    sandbox.faults.add({ ...gone, resource: 'token' });
    sandbox.faults.add({ ...gone, resource: 'Property', skip: 1 });
    const folder = configured(sandbox, db, { RESOURCES: 'Property', PAGE_SIZE: '100' });
    expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(sandbox.requests.filter((request) => request.status === 502)).toHaveLength(4);
    expect(await expectParity(sandbox, db, property)).toBe(400);
  });

  test('a 502 that stays ends the run with 69 and its status; the next run goes on from there', async () => {
    const db = await migratedDatabase();
    const folder = configured(sandbox, db, { RESOURCES: 'Property', PAGE_SIZE: '100', MAX_RETRIES: '1' });
    sandbox.faults.add({
      kind: 'status',
      status: 502,
      body: PROXY_PAGE,
      resource: 'Property',
      skip: 3,
      count: 9,
    });
    const ended = await trestle(folder, ['sync']);
    sandbox.faults.clear();
    expect(ended).toMatchObject({ code: 69, stdout: '' });
    expect(ended.stderr).toMatch(
      /^trestle-etl: \S+\/Property answered 502 \(given up after 2 tries\) — .*\n$/,
    );
    expect(ended.stderr).not.toContain('<');
    expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stderr: '' });
    expect(await expectParity(sandbox, db, property)).toBe(400);
    expect(await db.query('SELECT status, records_inserted FROM etl_sync_log ORDER BY id')).toEqual([
      { status: 'failed', records_inserted: '300' },
      { status: 'success', records_inserted: '100' },
    ]);
  });

  test('a name that does not resolve is named, after its retries, with 69', async () => {
    const folder = configured(sandbox, await migratedDatabase(), {
      TRESTLE_API_BASE_URL: 'https://no-such-host.invalid/trestle/odata',
      MAX_RETRIES: '1',
    });
    const ended = await trestle(folder, ['sync']);
    expect(ended).toMatchObject({ code: 69, stdout: '' });
    expect(ended.stderr).toMatch(
      /^trestle-etl: no-such-host\.invalid: \S+ .*\(given up after 2 tries\) — .*TRESTLE_API_BASE_URL.*\n$/,
    );
  });
});

test('promise 4: a nextLink that leads to itself ends the run after what it had read, instead of never', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 250 });
  sandbox.faults.add({ kind: 'link-loop', resource: 'Property', count: Infinity });
  const load = () => run({ resources: [property] }, { odata: { pageSize: 100 } });
  await expect(load()).rejects.toThrow(/leads back to a page that was already read/);
  // Three pages and an empty one; its link may be spelled otherwise than what was asked for, once.
  expect(sandbox.requests.filter((request) => request.kind === 'data').length).toBeLessThanOrEqual(5);
  expect(await expectParity(sandbox, db, property)).toBe(250);
  sandbox.faults.clear();
  expect(await load()).toMatchObject({ status: 'success', totals: { inserted: 0 } });
});

test('promise 4: a replication link that leads back to the first request ends the run too', async () => {
  const { sandbox, run } = await pipeline({ listings: 250 });
  sandbox.faults.add({ kind: 'link-loop', resource: 'Property', count: Infinity });
  const options = { mode: 'full-load', resources: [property], strategy: 'replication' } as const;
  await expect(run(options, { odata: { pageSize: 100 } })).rejects.toThrow(
    /leads back to a page that was already read/,
  );
  expect(sandbox.requests.filter((request) => request.kind === 'data')).toHaveLength(1);
});
