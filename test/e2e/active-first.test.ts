import { expect, test } from 'vitest';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { expectParity } from '../helpers/parity.ts';
import { pipeline } from '../helpers/pipeline.ts';

const first = { mode: 'full-load', activeFirst: true } as const;
const small = { odata: { pageSize: 50 } };
const ACTIVE = new Set(['Active', 'ActiveUnderContract', 'ComingSoon']);

test('full-load --active-first loads active listings with their media, says so, then the rest; each part goes on where it was', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 600 });
  const folder = configured(sandbox, db);
  const active = [...sandbox.feed.records('Property')].filter((record) =>
    ACTIVE.has(readText(record, 'StandardStatus')),
  );
  expect(active.length).toBeGreaterThan(100);
  expect(active.length).toBeLessThan(500);

  // Two pages a run: until what is active is here.
  const isActiveLoaded = async (): Promise<boolean> =>
    (
      await db.query(
        "SELECT 1 AS one FROM etl_watermark WHERE resource = 'Property' AND active_at IS NOT NULL",
      )
    ).length === 1;
  /** What `status` says of Property. */
  const listings = async () => {
    const { stdout: json } = await trestle(folder, ['status', '--json']);
    type Line = {
      watermark: string | null;
      ageSeconds: number | null;
      activeSince: string | null;
      usableSince: string | null;
    };
    return (JSON.parse(json) as { resources: [Line] }).resources[0];
  };
  await trestle(folder, ['migrate']);
  let runs = 0;
  while (!(await isActiveLoaded())) {
    // What goes on needs not be asked for once more.
    const asked = runs === 0 ? first : ({ mode: 'full-load' } as const);
    expect((await run({ ...asked, maxPages: 2 }, small)).status).toBe('partial');
    if (runs === 0) {
      const at = /Property: a full-load is in progress, active listings first, at \d{4}-/;
      expect((await trestle(folder, ['status'])).stdout).toMatch(at);
    }
    runs += 1;
    expect(runs).toBeLessThan(100);
  }
  expect(runs).toBeGreaterThan(2);
  const here = await db.query<{ k: string }>('SELECT listing_key AS k FROM properties');
  const keys = new Set(here.map(({ k }) => k));
  for (const record of active) expect(keys.has(readText(record, 'ListingKey'))).toBe(true);
  expect(here.length).toBeLessThan(active.length + 150);
  const [due] = await db.query(
    "SELECT COUNT(*) AS n FROM properties WHERE media_due = 1 AND standard_status IN ('Active', 'ActiveUnderContract', 'ComingSoon')",
  );
  expect(due).toEqual({ n: '0' });
  const { stdout } = await trestle(folder, ['status']);
  expect(stdout).toMatch(
    /Property: active listings loaded on \d{4}-\d\d-\d\d \d\d:\d\d; the rest of the first load follows/,
  );
  const filters = sandbox.requests
    .filter(({ resource, query }) => resource === 'Property' && '$orderby' in query)
    .map(({ query }) => query['$filter'] ?? '');
  const beginnings = filters.filter((filter) => filter.startsWith('StandardStatus eq'));
  expect(beginnings).toHaveLength(1);

  while ((await run({ ...first, maxPages: 5 }, small)).status === 'partial') {
    expect((runs += 1)).toBeLessThan(200);
    const { ageSeconds, watermark } = await listings();
    if (ageSeconds === null)
      expect((await trestle(folder, ['status'])).stdout).toContain(
        `Property: a full-load is in progress, at ${watermark}\n`,
      );
  }
  expect(await expectParity(sandbox, db, property)).toBe(600);
  await expectParity(sandbox, db, media);
  expect((await trestle(folder, ['status'])).stdout).not.toContain('active listings loaded');
  const { activeSince, usableSince } = await listings();
  expect(activeSince).not.toBeNull();
  expect(usableSince).toBe(activeSince);

  // Once complete there is nothing to be first any more.
  sandbox.requests.length = 0;
  await run(first, small);
  expect(sandbox.requests.filter(({ query }) => query['$filter']?.includes('StandardStatus'))).toEqual([]);
});

test('a listing that becomes active while the rest is read is not lost', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 300 });
  const only = { ...first, resources: [property] };
  while ((await run({ ...only, maxPages: 1 }, small)).totals.processed > 0) {
    if ((await db.query('SELECT 1 AS one FROM etl_watermark WHERE active_at IS NOT NULL')).length > 0) break;
  }
  const closed = [...sandbox.feed.records('Property')].find(
    (record) => !ACTIVE.has(readText(record, 'StandardStatus')),
  );
  sandbox.feed.put('Property', {
    ...closed!,
    StandardStatus: 'Active',
    ModificationTimestamp: new Date().toISOString(),
  });
  while ((await run({ ...only, maxPages: 3 }, small)).status === 'partial');
  expect(await expectParity(sandbox, db, property)).toBe(300);
});

test('child records that are refused are left to their own load', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 60, unlicensed: { Media: 404 } });
  const done = await run(first, small);
  expect(done.status).toBe('success');
  expect(done.resources['Media']).toMatchObject({
    skipped: expect.stringContaining('not licensed') as string,
  });
  expect(await expectParity(sandbox, db, property)).toBe(60);
});
