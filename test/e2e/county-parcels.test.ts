import { expect, test } from 'vitest';
import type { MatchRates } from '../../src/commands/parcels/format.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { COUNTY_TABLES, countyFolder, defaultEntry, prints, writeEntry } from '../helpers/county-folder.ts';
import { countyFor } from '../helpers/county.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

async function readRates(folder: string): Promise<MatchRates> {
  const [rates] = JSON.parse(await prints(folder, 'parcels', '--json')) as MatchRates[];
  return rates!;
}

function sumMatches({ byMethod }: MatchRates): number {
  return Object.values(byMethod).reduce((sum, count) => sum + count, 0);
}

test('parcels shows the rates by method, and match repeats them', async () => {
  const feed = await sandboxFor({ listings: 200 });
  const { folder, db } = await countyFolder({ feed });
  await prints(folder, 'sync');
  const rates = await readRates(folder);
  expect(rates).toMatchObject({ source: 'hcad', listings: 40 });
  expect(rates.byMethod['number']).toBeGreaterThan(20);
  expect(await prints(folder, 'parcels', 'show', 'hcad')).toMatch(
    /^hcad: \d+ of 40 listings match an account \(\d+\.\d %\), last changed [^]*^ {2}number +\d+ +\d/m,
  );
  await db.query('DELETE FROM parcel_match LIMIT 5');
  const text = await prints(folder, 'parcels', 'match', 'hcad');
  expect(text).toMatch(/^ {2}ambiguous /m);
  expect(await readRates(folder)).toMatchObject({ listings: 40, byMethod: rates.byMethod });
  const [run] = await db.query<Record<string, string>>(
    "SELECT source, status, records_inserted FROM etl_sync_log WHERE mode = 'parcels'",
  );
  expect(run).toEqual({
    source: 'hcad',
    status: 'success',
    records_inserted: String(sumMatches(rates)),
  });
});

test('a sync of the feed matches the listings that it brought, and starts no run if there are none', async () => {
  const feed = await sandboxFor({ listings: 200 });
  const { folder, db } = await countyFolder({ feed });
  const countRuns = async (): Promise<number> => {
    const [row] = await db.query<{ n: string }>(
      "SELECT COUNT(*) AS n FROM etl_sync_log WHERE mode = 'parcels'",
    );
    return Number(row!.n);
  };
  // The county first: its accounts have no listings yet.
  await prints(folder, 'sync', 'hcad');
  await prints(folder, 'sync', 'trestle');
  expect(await countRuns()).toBe(1);
  const whole = await readRates(folder);
  expect(sumMatches(whole)).toBeGreaterThan(30);

  // One match is gone, one listing has another number.
  const matches = await db.query<{ listing_key: string; account: string }>(
    "SELECT listing_key, account FROM parcel_match WHERE method = 'number' ORDER BY listing_key",
  );
  const [lost, moved] = matches;
  await prints(folder, 'sync', 'trestle');
  expect(await countRuns()).toBe(1);
  await db.query('DELETE FROM parcel_match WHERE listing_key = ?', [lost!.listing_key]);
  await db.query("UPDATE parcel_match SET account = 'x' WHERE listing_key = ?", [moved!.listing_key]);
  for (const { listing_key: key } of [lost!, moved!]) feed.feed.touch('Property', key);
  await prints(folder, 'sync', 'trestle');
  expect(await countRuns()).toBe(2);
  expect(
    await db.query(
      "SELECT listing_key, account FROM parcel_match WHERE method = 'number' ORDER BY listing_key",
    ),
  ).toEqual(matches);
  const [last] = await db.query<Record<string, string>>(
    "SELECT records_processed FROM etl_sync_log WHERE mode = 'parcels' ORDER BY id DESC LIMIT 1",
  );
  expect(last).toEqual({ records_processed: '2' });
  await prints(folder, 'sync');
  expect(await countRuns()).toBe(2);
});

test('too few matches leave the earlier ones, and name the limit', async () => {
  const feed = await sandboxFor({ listings: 100 });
  const { folder, county, db } = await countyFolder({ feed });
  await prints(folder, 'sync');
  const before = await readRates(folder);
  writeEntry(folder, [...defaultEntry(county), 'min_match_percent: 99.5']);
  await db.query(
    "UPDATE properties SET parcel_number = NULL, street_number = NULL WHERE county_or_parish = 'Harris' LIMIT 5",
  );
  const ended = await trestle(folder, ['parcels', 'match']);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain('min_match_percent of hcad');
  expect((await readRates(folder)).byMethod).toEqual(before.byMethod);
});

test('a county with a PACS export is matched by its property ids and by addresses, once its name is set', async () => {
  const feed = await sandboxFor({ listings: 200 });
  const county = await countyFor();
  const tables = 'tables: [appraisal_info, improvement_detail, land_detail]';
  const entry = ['layout: pacs', 'year: 2026', `url: ${county.urls.pacs}`, tables];
  const { folder, db } = await countyFolder({ feed, county, entry });
  await prints(folder, 'sync');
  const refused = await trestle(folder, ['parcels', 'match', 'hcad']);
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stderr).toContain('counties');

  writeEntry(folder, [...entry, 'counties: [Harris]']);
  await prints(folder, 'parcels', 'match', 'hcad');
  const rates = await readRates(folder);
  expect(rates).toMatchObject({ source: 'hcad', listings: 40 });
  expect(rates.byMethod['address']).toBeGreaterThan(20);

  const [match] = await db.query<{ listing_key: string; account: string }>(
    "SELECT listing_key, account FROM parcel_match WHERE method = 'address' ORDER BY listing_key LIMIT 1",
  );
  await db.query('UPDATE properties SET parcel_number = ? WHERE listing_key = ?', [
    match!.account,
    match!.listing_key,
  ]);
  await prints(folder, 'parcels', 'match', 'hcad');
  expect(
    await db.query('SELECT method, account, score FROM parcel_match WHERE listing_key = ?', [
      match!.listing_key,
    ]),
  ).toEqual([{ method: 'number', account: match!.account, score: '1.0000' }]);
  // One row of the account for each owner, one detail of living area.
  const [account] = await db.query<Record<string, string>>(
    'SELECT COUNT(*) AS n, SUM(living_area > 0 AND year_built > 1900 AND market_value >= appraised_value AND acres > 0) AS whole FROM hcad_parcel',
  );
  expect(Number(account!['n'])).toBeGreaterThan(250);
  expect(Number(account!['whole'])).toBeGreaterThan(0.5 * Number(account!['n']));
});

test('a command that has no accounts to match says what to do', async () => {
  const [feed, county] = [await sandboxFor({ listings: 20 }), await countyFor()];
  const { folder } = await countyFolder({
    county,
    entry: ['layout: hcad', 'year: 2026', `url: ${county.url}`, `tables: [${COUNTY_TABLES[1]}]`],
  });
  await prints(folder, 'sync');
  expect(await trestle(folder, ['parcels', 'match', 'hcad'])).toMatchObject({ code: 2 });
  const none = await trestle(configured(feed, await migratedDatabase()), ['parcels']);
  expect(none.code).toBe(2);
  expect(none.stderr).toMatch(/add a county to sources\.yaml/);
});
