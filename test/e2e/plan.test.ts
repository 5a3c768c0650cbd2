import { expect, test } from 'vitest';
import type { Plan } from '../../src/commands/plan/format.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { type FreshDatabase, freshDatabase } from '../helpers/database.ts';
import { sandboxFor } from '../helpers/pipeline.ts';

type Place = { readonly sandbox: Sandbox; readonly db: FreshDatabase; readonly folder: string };

async function place(listings: number, env: Record<string, string> = {}): Promise<Place> {
  const sandbox = await sandboxFor({ listings });
  const db = await freshDatabase();
  const settings = { PAGE_SIZE: '100', MEDIA_STRATEGY: 'resource', ...env };
  return { sandbox, db, folder: configured(sandbox, db, settings) };
}

/** The plan, which may ask for one count a resource and for nothing else. */
async function planned({ sandbox, folder }: Place, ...args: string[]): Promise<Plan> {
  const before = sandbox.requests.length;
  const ended = await trestle(folder, ['plan', '--json', ...args]);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const asked = sandbox.requests.slice(before).filter((request) => request.kind === 'data');
  for (const { query } of asked) expect(query).toMatchObject({ $top: '0', $count: 'true' });
  expect(new Set(asked.map(({ resource }) => resource)).size).toBe(asked.length);
  const plan = JSON.parse(ended.stdout) as Plan;
  expect(plan.asked).toBe(asked.length);
  return plan;
}

/** Runs, and says how many calls each resource took. */
async function ran({ sandbox, folder }: Place, ...args: string[]): Promise<Map<string, number>> {
  const before = sandbox.requests.length;
  expect(await trestle(folder, args)).toMatchObject({ code: 0, stderr: '' });
  const calls = new Map([
    ['Property', 0],
    ['Media', 0],
  ]);
  for (const { kind, resource = '' } of sandbox.requests.slice(before)) {
    if (kind === 'data') calls.set(resource, (calls.get(resource) ?? 0) + 1);
  }
  return calls;
}

const expectedOf = ({ resources }: Plan, name: string) =>
  resources.find(({ resource }) => resource === name)!;

test('promise 14: a full-load takes the calls that plan said', async () => {
  const here = await place(730);
  const plan = await planned(here, 'full-load');
  expect(expectedOf(plan, 'Property')).toMatchObject({ records: 730, calls: 8, newRows: 730 });
  expect(expectedOf(plan, 'Media').records).toBe(here.sandbox.feed.size('Media'));
  const calls = await ran(here, 'full-load');
  expect(calls.get('Property')).toBe(8);
  expect(calls.get('Media')).toBe(expectedOf(plan, 'Media').calls);
  expect(plan.totals.calls).toBe(calls.get('Property')! + calls.get('Media')!);
  const [{ n: rows } = { n: '' }] = await here.db.query<{ n: string }>('SELECT COUNT(*) AS n FROM media');
  expect(expectedOf(plan, 'Media').newRows).toBe(Number(rows));
  // Once more over complete tables: as many calls, and no room.
  const again = await planned(here, 'full-load');
  expect(again.totals).toMatchObject({ calls: plan.totals.calls, newRows: 0, bytes: 0 });
});

test('promise 14: plan shows the calls of both strategies, and a full-load takes as many as planned for its strategy', async () => {
  const here = await place(730, { MEDIA_STRATEGY: 'auto' });
  const { strategies, totals } = await planned(here, 'full-load');
  const { resource, expand, chosen } = strategies!;
  expect(chosen).toBe('expand');
  expect(expand).toBeLessThan(resource);
  expect(totals.calls).toBe(expand);
  const text = (await trestle(here.folder, ['plan', 'full-load'])).stdout;
  expect(text).toContain('MEDIA_STRATEGY');
  const calls = await ran(here, 'full-load');
  expect(calls.get('Property')! + calls.get('Media')!).toBe(expand);
  const separate = await place(730);
  expect((await planned(separate, 'full-load')).strategies).toEqual({ resource, expand, chosen: 'resource' });
});

test('promise 14: pages that are all full take one call more, and plan knows', async () => {
  const here = await place(300, { RESOURCES: 'Property' });
  const plan = await planned(here);
  expect(expectedOf(plan, 'Property').calls).toBe(4);
  expect((await ran(here, 'sync')).get('Property')).toBe(4);
});

test('promise 14: a sync takes the calls that plan said, whatever has changed', async () => {
  const here = await place(500);
  await ran(here, 'full-load');
  for (const [changed, photos, added] of [
    [0, 0, 0],
    [7, 0, 0],
    [30, 12, 3],
    [240, 60, 20],
  ] as const) {
    here.sandbox.feed.changeListings(changed);
    here.sandbox.feed.changePhotos(photos);
    here.sandbox.feed.addListings(added);
    const plan = await planned(here, 'sync');
    const calls = await ran(here, 'sync');
    expect([changed, expectedOf(plan, 'Property').calls]).toEqual([changed, calls.get('Property')]);
    // Which listings' photos changed is not told before they are read: at most that of all that may have.
    const expected = expectedOf(plan, 'Media').calls;
    expect(expected).toBeGreaterThanOrEqual(calls.get('Media')!);
    expect(expected).toBeLessThanOrEqual(2 * calls.get('Media')! + 2);
  }
});

test('promise 14: an interrupted full-load is planned from where it goes on', async () => {
  const here = await place(730);
  await ran(here, 'full-load', '--max-pages', '3');
  const plan = await planned(here, 'full-load');
  const calls = await ran(here, 'full-load');
  // Five pages, and the count that shows whether all of them are here.
  expect(expectedOf(plan, 'Property').calls).toBe(6);
  expect(calls.get('Property')).toBe(6);
  expect(Math.abs(expectedOf(plan, 'Media').calls - calls.get('Media')!)).toBeLessThanOrEqual(1);
});

test('promise 14: a reconcile takes the calls that plan said', async () => {
  const here = await place(400, { RECONCILE_MAX_DELETE_PERCENT: '50' });
  expect((await trestle(here.folder, ['plan', 'reconcile'])).code).toBe(78);
  await ran(here, 'full-load');
  for (const removed of [0, 3, 120]) {
    here.sandbox.feed.removeListings(removed);
    const plan = await planned(here, 'reconcile');
    expect(plan.totals.calls).toBe((await ran(here, 'reconcile')).get('Property'));
  }
});

test('what the quota or the time between two runs does not allow does not fit', async () => {
  const sandbox = await sandboxFor({ listings: 300, minuteQuota: 40, hourQuota: 60, hourWindowMs: 1e12 });
  const here = { sandbox, db: await freshDatabase(), folder: '' };
  const folder = configured(sandbox, here.db, {
    PAGE_SIZE: '20',
    QUOTA_MAX_WAIT: '5m',
    MEDIA_STRATEGY: 'resource',
  });
  const plan = await planned({ ...here, folder }, 'sync', '--every', '1s');
  expect(plan.quota).toMatchObject({ minuteLimit: 40, hourLimit: 60, left: 58, usable: 52 });
  expect(plan.totals.calls).toBeGreaterThan(52);
  expect(plan.time.waitingMs).toBeGreaterThan(0);
  expect(plan.fits.isInTime).toBe(false);
  const text = (await trestle(folder, ['plan', 'sync', '--every', '1s'])).stdout;
  expect(text).toMatch(/not enough\nfits: no/);

  const few = await planned({ ...here, folder: configured(sandbox, here.db) }, 'sync');
  expect(few.fits).toEqual({ everyMs: 900_000, isInTime: true, endsEarly: false });
  expect(few.time.waitingMs).toBe(0);
});

test('promise 14: a quota that is in reserve lets plan ask; one that is spent is told at once', async () => {
  const sandbox = await sandboxFor({ listings: 5, hourQuota: 6, hourWindowMs: 1e12 });
  const folder = configured(sandbox, await freshDatabase(), { QUOTA_RESERVE_PERCENT: '90' });
  const here = { sandbox, db: await freshDatabase(), folder };
  // A run would wait for more than an hour before the second of these.
  for (const left of [4, 2, 0]) expect((await planned(here)).quota).toMatchObject({ left, usable: 0 });
  const asked = sandbox.requests.length;
  const ended = await trestle(folder, ['plan']);
  expect(ended).toMatchObject({ code: 75, stdout: '' });
  expect(ended.stderr).toMatch(
    /^trestle-etl: the hour's quota is spent for \d+ min \d+ s, and the feed cannot be asked — run trestle-etl plan after that[^\n]*\n$/,
  );
  expect(sandbox.requests).toHaveLength(asked);
});

test('the waits of earlier runs are not counted a second time', async () => {
  const here = await place(300, { RESOURCES: 'Property' });
  await ran(here, 'full-load');
  const before = (await planned(here, 'full-load')).time;
  // As if that run had waited an hour for the quota.
  await here.db.query('UPDATE etl_sync_log SET sync_start = sync_start - INTERVAL 1 HOUR');
  const after = (await planned(here, 'full-load')).time;
  expect(before.ms).toBeLessThan(60_000);
  expect(after.ms).toBeLessThan(60_000);
});
