import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { pipeline } from '../helpers/pipeline.ts';
import { withSelect } from '../../src/dataset/reading.ts';

type Change = Record<'listing_key' | 'field' | 'old_value' | 'new_value' | 'run_id' | 'upstream_at', string>;

type Shown = Readonly<Record<string, string | number | null>>;

const WATCHED = ['StandardStatus', 'MlsStatus', 'ListPrice', 'ClosePrice'];

test('promise 1: with HISTORY=on each change of price and status is kept, with the row or not at all', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 60 });
  const options = { resources: [property] };
  await run(options, { keepHistory: true });
  expect(await db.query('SELECT * FROM listing_change')).toEqual([]);

  const listings = (): ReadonlyMap<string, Shown> =>
    new Map(
      [...sandbox.feed.records('Property')].map((record) => [
        readText(record, 'ListingKey'),
        sandbox.feed.serve('Property', record) as Shown,
      ]),
    );
  const before = listings();
  sandbox.feed.changeListings(25);
  sandbox.feed.touch('Property', [...before.keys()][0]!);
  await run(options, { keepHistory: true });
  const kept = await db.query<Change>('SELECT * FROM listing_change');
  const after = listings();
  const expected = [...after].flatMap(([key, record]) =>
    WATCHED.flatMap((field) => (before.get(key)?.[field] === record[field] ? [] : [`${key} ${field}`])),
  );
  expect(kept.map(({ listing_key: key, field }) => `${key} ${field}`).sort()).toEqual(expected.sort());
  expect(expected.length).toBeGreaterThan(10);
  for (const { listing_key: key, field, old_value: old, new_value: latest, run_id: id } of kept) {
    const number = (value: unknown): unknown =>
      field.endsWith('Price') && value !== null ? Number(value) : value;
    expect(number(old)).toEqual(number(before.get(key)?.[field] ?? null));
    expect(number(latest)).toEqual(number(after.get(key)?.[field] ?? null));
    expect(id).toBe('2');
  }

  // Read once more, nothing changes; with HISTORY=off nothing is kept.
  await run({ ...options, mode: 'full-load' }, { keepHistory: true });
  sandbox.feed.changeListings(5);
  await run(options, { keepHistory: false });
  expect(await db.query('SELECT COUNT(*) AS n FROM listing_change')).toEqual([{ n: String(kept.length) }]);
});

/** An instant that nothing else happens in. */
async function now(): Promise<string> {
  await wait(20);
  const at = new Date().toISOString();
  await wait(20);
  return at;
}

test('what is not asked for any more has not changed', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 20 });
  await run({ resources: [property] }, { keepHistory: true });
  const select = ['ListingKey', 'ModificationTimestamp', 'PhotosCount', 'PhotosChangeTimestamp', 'City'];
  sandbox.feed.touch(
    'Property',
    [...sandbox.feed.records('Property')].map((r) => readText(r, 'ListingKey'))[0]!,
  );
  await run({ mode: 'full-load', resources: [withSelect(property, select)] }, { keepHistory: true });
  expect(await db.query('SELECT COUNT(*) AS n FROM properties WHERE list_price IS NULL')).toEqual([
    { n: '20' },
  ]);
  expect(await db.query('SELECT * FROM listing_change')).toEqual([]);
});

test('asof says what was known at a time, deletions and returns with it', async () => {
  const { sandbox, db, run, reconcile } = await pipeline({ listings: 30 });
  const folder = configured(sandbox, db, { HISTORY: 'on' });
  const asOf = async (key: string, at: string): Promise<Record<string, unknown>> => {
    const { stdout, code } = await trestle(folder, ['asof', '--listing', key, '--at', at, '--json']);
    expect(code).toBe(0);
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const history = { keepHistory: true };
  const beginning = await now();
  await run({}, history);
  const first = await now();
  const [record] = [...sandbox.feed.records('Property')];
  const key = readText(record!, 'ListingKey');
  const shown = sandbox.feed.serve('Property', record!) as Shown;
  const edit = (change: object): void => {
    const at = new Date().toISOString();
    sandbox.feed.put('Property', {
      ...sandbox.feed.get('Property', key)!,
      ...change,
      ModificationTimestamp: at,
    });
  };
  edit({ ListPrice: 111_000 });
  await run({}, history);
  const second = await now();
  edit({ ListPrice: 99_000, StandardStatus: 'Pending' });
  await run({}, history);
  const gone = sandbox.feed.get('Property', key)!;
  sandbox.feed.remove('Property', key);
  await reconcile();
  const third = await now();
  sandbox.feed.put('Property', gone);
  edit({ ListPrice: 98_000 });
  await run({}, history);
  const fourth = await now();

  expect(await asOf(key, beginning)).toMatchObject({ state: 'not yet' });
  const price = async (at: string): Promise<unknown> => {
    const { state, values } = (await asOf(key, at)) as {
      state: string;
      values: Record<string, { value: string }>;
    };
    return [state, Number(values['ListPrice']!.value), values['StandardStatus']!.value];
  };
  expect(await price(first)).toEqual(['known', Number(shown['ListPrice']), shown['StandardStatus']]);
  expect(await price(second)).toEqual(['known', 111_000, shown['StandardStatus']]);
  expect(await price(third)).toEqual(['deleted', 99_000, 'Pending']);
  expect(await price(fourth)).toEqual(['known', 98_000, 'Pending']);
  const { stdout } = await trestle(folder, ['asof', '--listing', key, '--at', second]);
  expect(stdout).toMatch(/^listing \d+ at .* UTC: stored\n.*ListPrice +111000 +since .*, run 2 +until /s);
  expect(await asOf('nobody', second)).toMatchObject({ state: 'unknown' });
  const wrong = await trestle(folder, ['asof', '--listing', key, '--at', 'yesterday']);
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.stderr).toContain('--at yesterday is not a time');
});
