import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { configured, trestle } from '../helpers/cli.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { expectParity } from '../helpers/parity.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { scriptedServer } from '../helpers/scripted-server.ts';
import { migratedDatabase } from '../helpers/template.ts';

/** Takes what is told by webhook. */
const hook = await scriptedServer({ data: {} });
afterAll(() => hook.close());

type Told = { readonly kind: string; readonly title: string; readonly facts: Record<string, unknown> };

function told(): Told[] {
  const posts = hook.asked.map(({ body }) => JSON.parse(body) as Told);
  hook.asked.length = 0;
  return posts.filter(({ kind }) => kind === 'schema');
}

type Place = { readonly sandbox: Sandbox; readonly db: FreshDatabase; readonly folder: string };

async function place(settings: Record<string, string> = {}, listings = 30): Promise<Place> {
  hook.asked.length = 0;
  const [sandbox, db] = [await sandboxFor({ listings }), await migratedDatabase()];
  const alerts = { ALERT_WEBHOOK_URL: `${hook.origin}/hook` };
  return { sandbox, db, folder: configured(sandbox, db, { ...alerts, ...settings }) };
}

async function well({ folder }: Place, ...args: string[]): Promise<string> {
  const ended = await trestle(folder, args);
  expect([args.join(' '), ended.code, ended.stderr]).toEqual([args.join(' '), 0, '']);
  return ended.stdout;
}

async function json<T>(here: Place, ...args: string[]): Promise<T> {
  return JSON.parse(await well(here, ...args, '--json')) as T;
}

type Detail = Record<string, { leftOut?: string[]; skipped?: string; processed: number }>;

async function lastRun({ db }: Place): Promise<{ status: string; detail: Detail; error: string | null }> {
  const [row] = await db.query<{ status: string; detail: string; error: string | null }>(
    'SELECT status, detail, error_message AS error FROM etl_sync_log ORDER BY id DESC LIMIT 1',
  );
  return { ...row!, detail: JSON.parse(row!.detail) as Detail };
}

const metadataCalls = ({ requests }: Sandbox): number =>
  requests.filter(({ resource }) => resource === '$metadata').length;

const LOST = ['City', 'YearBuilt', 'PublicRemarks', 'TaxAnnualAmount', 'BuyerAgentKey'];

describe.each<[string, Record<string, string>, string[]]>([
  ['PROPERTY_SELECT', { PROPERTY_SELECT: `${LOST.join()},ListPrice,Roof` }, LOST],
  ['PAYLOAD=off', { PAYLOAD: 'off' }, LOST],
  ['neither', {}, []],
])(
  'a licence that loses five fields, gains ten and renames its schema between two runs, with %s',
  (_, settings, leftOut) => {
    test('lets both runs go well, and is told once, with what is in use', async () => {
      const here = await place({ ...settings, METADATA_MAX_AGE: '0s' });
      const { sandbox } = here;
      await well(here, 'full-load');
      expect(metadataCalls(sandbox)).toBe(1);
      expect(told()).toEqual([]);
      const { gained } = sandbox.feed.changeLicence({
        lose: LOST,
        gain: 10,
        namespace: 'CoreLogic.DataStandard',
      });
      sandbox.feed.changeListings(5);
      sandbox.feed.changePhotos(3);
      sandbox.requests.length = 0;
      await well(here, 'sync');
      const { status, detail } = await lastRun(here);
      expect(status).toBe('success');
      expect(detail['Property']!.leftOut?.toSorted()).toEqual(
        leftOut.length === 0 ? undefined : leftOut.toSorted(),
      );
      expect(sandbox.requests.filter((request) => request.status === 400)).toEqual([]);
      expect(metadataCalls(sandbox)).toBe(1);
      for (const name of LOST) {
        const asking = sandbox.requests.filter(({ query }) => Object.values(query).join().includes(name));
        expect([name, asking.length]).toEqual([name, 0]);
      }
      const used = LOST.map((name) => `Property.${name}`).toSorted();
      const [notice, ...more] = told();
      expect(more).toEqual([]);
      expect(notice?.title).toContain('10 fields added, 5 removed');
      expect(String(notice?.facts['addedNames']).split(', ')).toEqual(
        gained.map((name) => `Property.${name}`).toSorted(),
      );
      expect(String(notice?.facts['removedNames']).split(', ')).toEqual(used);
      expect(notice?.facts['namespace']).toBe('CoreLogic.DataStandard');
      expect(String(notice?.facts['used']).split(', ').toSorted()).toEqual(used);

      expect(await well(here, 'status')).toMatch(
        /^the feed's schema changed on \d{4}-\d\d-\d\d \d\d:\d\d: \+10 −5 \(trestle-etl schema diff\); in use: .*Property\.City/m,
      );
      const shown = await json<{ schema: { added: number; removed: number; used: string[] } }>(
        here,
        'status',
      );
      expect(shown.schema).toMatchObject({ added: 10, removed: 5, names: { removed: used } });
      type Diff = { fields: { field: string; kind: string }[]; from: object; to: object; used: string[] };
      const diff = await json<Diff>(here, 'schema', 'diff');
      expect(diff.from).toMatchObject({ namespace: 'Cotality.DataStandard.RESO.DD' });
      expect(diff.to).toMatchObject({ namespace: 'CoreLogic.DataStandard' });
      expect(diff.fields.filter(({ kind }) => kind === 'added').map(({ field }) => field)).toEqual(
        gained.toSorted(),
      );
      expect(diff.fields.filter(({ kind }) => kind === 'removed').map(({ field }) => field)).toEqual(
        LOST.toSorted(),
      );
      expect(diff.used.toSorted()).toEqual(used);

      // Once more: nothing new, and nothing told.
      await well(here, 'sync');
      expect(told()).toEqual([]);
      // Keys are compared without what vanished.
      sandbox.feed.removeListings(1);
      await well(here, 'reconcile');
      await well(here, 'verify');
      expect(sandbox.requests.filter((request) => request.status === 400)).toEqual([]);
    });

    test('lets a run go well that still trusts what it knew', async () => {
      const here = await place(settings);
      await well(here, 'full-load');
      here.sandbox.feed.changeLicence({ lose: LOST });
      here.sandbox.feed.changeListings(5);
      here.sandbox.requests.length = 0;
      await well(here, 'sync');
      const { status, detail } = await lastRun(here);
      expect([status, detail['Property']!.processed > 4]).toEqual(['success', true]);
      // Asked for anew where the feed has refused, and only there.
      expect(metadataCalls(here.sandbox)).toBe(leftOut.length === 0 ? 0 : 1);
      await well(here, 'reconcile');
    });
  },
);

test('a census and a look at all keys do without photo fields that the licence lost', async () => {
  const here = await place();
  await well(here, 'full-load');
  here.sandbox.feed.changeLicence({ lose: ['PhotosCount', 'PhotosChangeTimestamp'] });
  here.sandbox.feed.removeListings(1);
  // The census is refused, the schema asked for, and the census taken without them.
  await well(here, 'reconcile');
  expect(metadataCalls(here.sandbox)).toBe(2);
  here.sandbox.requests.length = 0;
  here.sandbox.feed.changeListings(3);
  expect((await trestle(here.folder, ['verify'])).stdout).toMatch(/^Property stale: \d+ \d+ \d+$/m);
  await well(here, 'sync');
  await well(here, 'reconcile');
  expect(here.sandbox.requests.filter(({ status }) => status === 400)).toEqual([]);
});

describe('the schema is asked for', () => {
  test('promise 14: once a day, not with every run', async () => {
    const here = await place();
    await well(here, 'full-load');
    await well(here, 'sync');
    await well(here, 'reconcile');
    expect(metadataCalls(here.sandbox)).toBe(1);
    await here.db.query('UPDATE etl_feed_schema SET checked_at = checked_at - INTERVAL 25 HOUR');
    await well(here, 'sync');
    await well(here, 'sync');
    expect(metadataCalls(here.sandbox)).toBe(2);
    expect(await here.db.query('SELECT hash FROM etl_feed_schema')).toHaveLength(1);
  });

  test('by a dry run too, which keeps nothing', async () => {
    const here = await place();
    await well(here, 'sync', '--dry-run');
    await well(here, 'full-load');
    await here.db.query('DELETE FROM etl_feed_schema');
    await well(here, 'sync', '--dry-run');
    expect(await here.db.query('SELECT hash FROM etl_feed_schema')).toEqual([]);
  });

  test('and another name alone is said in the log and by schema diff, and is no news', async () => {
    const here = await place({ METADATA_MAX_AGE: '0s' });
    await well(here, 'full-load');
    here.sandbox.feed.changeLicence({ namespace: 'CoreLogic.Other' });
    await well(here, 'sync');
    expect(told()).toEqual([]);
    expect(await well(here, 'schema', 'diff')).toMatch(
      /^it was renamed from Cotality\.DataStandard\.RESO\.DD to CoreLogic\.Other/m,
    );
    expect(await well(here, 'status')).not.toContain("the feed's schema changed");
    const text = readFileSync(join(here.folder, 'logs/etl_main.log'), 'utf8');
    expect(text).toContain('schema has a new name');
  });

  test('and where it can’t be read the run goes on without it', async () => {
    const here = await place({ PAYLOAD: 'off' });
    for (const fault of [{ kind: 'status', status: 500 }, { kind: 'html' }, { kind: 'truncate' }] as const) {
      here.sandbox.faults.clear();
      here.sandbox.faults.add({ ...fault, resource: '$metadata', count: Infinity });
      here.sandbox.requests.length = 0;
      await well(here, 'full-load');
      expect(await lastRun(here)).toMatchObject({ status: 'success', error: null });
      expect(metadataCalls(here.sandbox)).toBe(1);
      // Not with every run: an hour later.
      await well(here, 'sync');
      expect(metadataCalls(here.sandbox)).toBe(1);
      await here.db.query('UPDATE etl_schema_look SET failed_at = failed_at - INTERVAL 61 MINUTE');
    }
    const text = readFileSync(join(here.folder, 'logs/etl_main.log'), 'utf8');
    expect(text).toContain("could not read the feed's schema; the run continues without it");
    expect((await lastRun(here)).detail['Property']).toMatchObject({ processed: 1, unchanged: 1 });
  });
});

describe('what is not licensed', () => {
  test.each([403, 404])('is skipped, said, and keeps nothing from being fresh: %i', async (status) => {
    // With $expand the fault would not be noticed.
    const here = await place({ MEDIA_STRATEGY: 'resource' });
    here.sandbox.faults.add({ kind: 'status', status, resource: 'Media', count: Infinity });
    await well(here, 'full-load');
    const first = await lastRun(here);
    expect(first.status).toBe('success');
    expect(first.detail['Media']!.skipped).toMatch(new RegExp(`^not licensed: .*Media answered ${status}`));
    expect(first.detail['Property']!.processed).toBe(30);
    // Not the rest of a full-load that was interrupted.
    await well(here, 'full-load');
    expect((await lastRun(here)).detail['Property']!.processed).toBe(30);
    expect(await well(here, 'status')).toMatch(/^Media: skipped, not licensed: /m);
    expect(await well(here, 'status', '--check')).toMatch(/^fresh: /);
    const doctor = await trestle(here.folder, ['doctor']);
    expect(doctor.stdout).toMatch(/API Media.*not licensed/);
    expect(doctor.stdout).toMatch(/last success +in step with the feed /);
    await well(here, 'sync');
    // It comes into the licence.
    here.sandbox.faults.clear();
    await well(here, 'sync');
    expect((await lastRun(here)).detail['Media']).not.toHaveProperty('skipped');
    expect(await well(here, 'status')).not.toMatch(/not licensed/);
    expect(await expectParity(here.sandbox, here.db, media)).toBe(here.sandbox.feed.size('Media'));
  });

  test('is an error where it is Property', async () => {
    const here = await place();
    here.sandbox.faults.add({ kind: 'status', status: 403, resource: 'Property', count: Infinity });
    const ended = await trestle(here.folder, ['sync']);
    expect(ended).toMatchObject({ code: 78, stdout: '' });
    expect(ended.stderr).toMatch(/Property answered 403.*the licence may lack this resource/);
  });

  test('is an error where nothing else was asked for', async () => {
    const here = await place({ RESOURCES: 'Media' });
    here.sandbox.faults.add({ kind: 'status', status: 403, resource: 'Media', count: Infinity });
    const ended = await trestle(here.folder, ['sync']);
    expect(ended).toMatchObject({ code: 78 });
    expect(ended.stderr).toMatch(/cannot read Media: .*Media answered 403/);
  });

  test('is skipped without a call where $metadata does not have it, and found out where it went since', async () => {
    const settings = { RESOURCES: 'Property,Office,Member,CustomProperty', PAYLOAD: 'off' };
    const here = await place(settings);
    await well(here, 'full-load');
    const less = await sandboxFor({
      listings: 30,
      unlicensed: { Member: 400, Office: 404, CustomProperty: 403 },
    });
    const folder = configured(less, here.db, settings);
    await well({ ...here, folder }, 'sync');
    const { status, detail } = await lastRun(here);
    // Earlier runs loaded them.
    expect(status).toBe('partial');
    expect(detail['Member']?.skipped).toBe("no longer licensed: the feed's $metadata has no Member");
    expect(detail['Office']?.skipped).toContain('404');
    expect(metadataCalls(less)).toBe(1);
    less.requests.length = 0;
    await well({ ...here, folder }, 'sync');
    expect(new Set(less.requests.map(({ resource }) => resource))).toEqual(new Set(['Property']));
    expect(Object.keys((await lastRun(here)).detail)).toEqual([
      'Property',
      'CustomProperty',
      'Office',
      'Member',
    ]);
    const reconciled = await trestle(folder, ['reconcile', '--dry-run']);
    expect(reconciled.stdout).toMatch(/^Member: skipped, no longer licensed: /m);
    expect((await trestle(folder, ['verify'])).stdout).toMatch(/^Office: skipped, /m);
    expect((await trestle(folder, ['plan'])).code).toBe(0);
  });

  test('a filter that is wrong stays an error', async () => {
    const here = await place({ PROPERTY_FILTER: 'Nonsense eq 1' });
    const ended = await trestle(here.folder, ['sync']);
    expect(ended).toMatchObject({ code: 78 });
    expect(ended.stderr).toMatch(/Nonsense.*check the filters/);
  });
});

describe('fields list', () => {
  type Listed = {
    resource: string;
    field: string;
    licence: string | null;
    column: string | null;
    isNew: boolean;
  };
  const names = (rows: readonly Listed[]): string[] => rows.map(({ field }) => field);

  test('shows licence and columns side by side, asks once, and keeps the answer', async () => {
    const here = await place({ PAYLOAD: 'off' });
    // Before the first run there is nowhere to keep it.
    expect(names(await json<Listed[]>(here, 'fields', 'list', '--resource', 'Media'))).toContain('MediaKey');
    await well(here, 'full-load');
    here.sandbox.feed.changeLicence({ lose: ['City'], gain: 2 });
    here.sandbox.requests.length = 0;
    expect(await json<Listed[]>(here, 'fields', 'list', '--missing')).toEqual([]);
    expect(await well(here, 'fields', 'list', '--new')).toBe('no fields match\n');
    expect(await well(here, 'schema', 'diff')).toMatch(/^the feed's schema has not changed/);
    expect(metadataCalls(here.sandbox)).toBe(0);
    const missing = await json<Listed[]>(here, 'fields', 'list', '--missing', '--refresh');
    expect(missing).toEqual([
      {
        resource: 'Property',
        field: 'City',
        licence: null,
        type: 'varchar(64)',
        column: 'city',
        isNew: false,
      },
    ]);
    expect(metadataCalls(here.sandbox)).toBe(1);
    expect(names(await json<Listed[]>(here, 'fields', 'list', '--new'))).toEqual(['X_New1', 'X_New2']);
    const used = await json<Listed[]>(here, 'fields', 'list', '--used', '--resource', 'Property');
    expect(names(used)).toContain('ListPrice');
    expect(names(used)).not.toContain('Appliances');
    expect(await well(here, 'fields', 'list', '--resource', 'Property')).toMatch(
      /^Property\.ListPrice +Decimal\(14,2\) +decimal\(14,2\) +list_price$/m,
    );
    expect(await well(here, 'schema', 'diff')).toMatch(/^− {2}Property\.City +String\(64\) +in use$/m);
    const strange = await trestle(here.folder, ['fields', 'list', '--resource', 'Propert']);
    expect(strange).toMatchObject({ code: 2 });
    expect(strange.stderr).toContain('did you mean Property?');
  });

  test('schema diff goes back to what was in force then', async () => {
    const here = await place({ METADATA_MAX_AGE: '0s' });
    await well(here, 'full-load');
    for (const lose of ['City', 'YearBuilt']) {
      await here.db.query(
        'UPDATE etl_feed_schema SET seen_at = seen_at - INTERVAL 10 DAY, checked_at = checked_at - INTERVAL 10 DAY',
      );
      here.sandbox.feed.changeLicence({ lose: [lose] });
      await well(here, 'sync');
    }
    type Diff = { fields: { field: string }[] };
    const since = async (days: number): Promise<string[]> => {
      const at = new Date(Date.now() - days * 86_400_000).toISOString();
      return (await json<Diff>(here, 'schema', 'diff', '--since', at)).fields.map(({ field }) => field);
    };
    expect(await since(5)).toEqual(['YearBuilt']);
    expect(await since(15)).toEqual(['City', 'YearBuilt']);
    expect(await since(99)).toEqual(['City', 'YearBuilt']);
    // News for two weeks only.
    expect(await well(here, 'status')).toMatch(/schema changed on/);
    await here.db.query('UPDATE etl_feed_schema SET seen_at = seen_at - INTERVAL 15 DAY');
    expect(await well(here, 'status')).not.toMatch(/schema changed on/);
  });
});
