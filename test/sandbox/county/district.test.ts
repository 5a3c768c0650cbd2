import { describe, expect, test } from 'vitest';
import { createFeed } from '../../../src/sandbox/trestle/feed.ts';
import { readText } from '../../../src/sandbox/trestle/record.ts';
import { startCounty } from './helpers.ts';

type Row = Record<string, string | null>;

const digits = (text: string | null | undefined): string =>
  (text ?? '').replaceAll(/\D/g, '').padStart(13, '0');

describe('the listings of Harris County', () => {
  test('are accounts with the same address, building and fixtures, but for a few', async () => {
    const county = await startCounty({ accounts: 2000 });
    const base = { seed: 1, listings: 1000, mediaPerListing: 0, oddValues: true };
    const { feed } = createFeed(base, () => Date.UTC(2026, 3, 1));
    const accounts = new Map<string, Row>();
    for (const row of county.expectedRows('real_acct', 2026)) accounts.set(row['acct']!, row);
    const buildings = new Map<string, Row>();
    for (const table of ['building_res', 'building_other'])
      for (const row of county.expectedRows(table, 2026))
        if (row['bld_num'] === '1') buildings.set(row['acct']!, row);
    const beds = new Map<string, number>();
    for (const row of county.expectedRows('fixtures', 2026))
      if (row['type'] === 'RMB' && row['bld_num'] === '1') beds.set(row['acct']!, Number(row['units']));

    const listings = [...feed.records('Property')].filter((record) => record['CountyOrParish'] === 'Harris');
    expect(listings).toHaveLength(200);
    const numbered = listings.filter((each) => accounts.has(digits(readText(each, 'ParcelNumber'))));
    expect(numbered.length).toBeGreaterThan(150);
    expect(numbered.length).toBeLessThan(195);
    let same = 0;
    let compared = 0;
    for (const listing of numbered) {
      const acct = digits(readText(listing, 'ParcelNumber'));
      const row = accounts.get(acct)!;
      expect(readText(listing, 'PostalCode').slice(0, 5)).toBe(row['site_addr_3']);
      expect(readText(listing, 'StreetName').toUpperCase().startsWith(row['str']!)).toBe(true);
      const building = buildings.get(acct);
      if (building === undefined) continue;
      expect(listing['StreetNumber']).toBe(row['str_num']);
      compared++;
      const isSame =
        Number(listing['LivingArea']) === Number(building['heat_ar']) &&
        Number(listing['YearBuilt']) === Number(building['date_erected']) &&
        Number(listing['BedroomsTotal']) === beds.get(acct);
      if (isSame) same++;
    }
    expect(compared).toBeGreaterThan(120);
    expect(same / compared).toBeGreaterThan(0.7);
    expect(same).toBeLessThan(compared);
  });
});

describe('a release', () => {
  test('changes about 1 % of the accounts, drops some and adds some', async () => {
    const county = await startCounty({ accounts: 5000 });
    const rowsByAccount = (): Map<string, string> =>
      new Map(
        [...county.expectedRows('real_acct', 2026)].map((row) => [
          row['acct']!,
          `${row['mailto']} ${row['prior_tot_mkt_val']}`,
        ]),
      );
    const before = rowsByAccount();
    county.setRelease(2);
    const after = rowsByAccount();
    const gone = [...before.keys()].filter((acct) => !after.has(acct)).length;
    const added = [...after.keys()].filter((acct) => !before.has(acct)).length;
    const changed = [...after].filter(([acct, text]) => (before.get(acct) ?? text) !== text).length;
    expect(gone).toBeGreaterThan(3);
    expect(gone).toBeLessThan(40);
    expect(added).toBeGreaterThan(8);
    expect(added).toBeLessThan(60);
    expect(changed).toBeGreaterThan(20);
    expect(changed).toBeLessThan(400);
  });
});

const KEYS: Readonly<Record<string, readonly string[]>> = {
  real_acct: ['acct'],
  owners: ['acct', 'ln_num'],
  deeds: ['acct', 'deed_id'],
  permits: ['acct', 'id'],
  real_neighborhood_code: ['cd'],
  real_mnrl: ['acct'],
  building_res: ['acct', 'bld_num'],
  building_other: ['acct', 'bld_num'],
  fixtures: ['acct', 'bld_num', 'type'],
  land: ['acct', 'num'],
  structural_elem1: ['acct', 'bld_num', 'type', 'code'],
  structural_elem2: ['acct', 'bld_num', 'type', 'code'],
  jur_value: ['acct', 'tax_district'],
  jur_exempt: ['acct', 'tax_district', 'exempt_cat'],
  jur_exempt_cd: ['acct'],
  jur_tax_dist_exempt_value_rate: ['tax_dist', 'exempt_cd'],
  t_business_acct: ['acct'],
  t_business_detail: ['acct', 'ln_num'],
  t_jur_value: ['acct', 'tax_dist'],
  t_jur_exempt: ['acct', 'tax_dist', 'exempt_cat'],
  t_pp_c: ['acct', 'pipe_id'],
  t_pp_l: ['acct'],
  arb_protest_real: ['acct'],
};

describe('the keys', () => {
  test.each(Object.entries(KEYS))('of %s are unique', async (table, columns) => {
    const county = await startCounty({ accounts: 3000, release: 3 });
    const keys = [...county.expectedRows(table, 2026)].map((row) =>
      columns.map((column) => row[column]).join('/'),
    );
    expect(keys.length).toBeGreaterThan(4);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('are sorted by account', async () => {
    const county = await startCounty({ accounts: 3000, release: 3 });
    for (const table of ['real_acct', 'building_res', 'fixtures', 'jur_value']) {
      const accounts = [...county.expectedRows(table, 2026)].map((row) => row['acct']!);
      expect(accounts.toSorted()).toEqual(accounts);
    }
  });

  test.each(['exterior', 'extra_features', 'ownership_history'])(
    '%s has rows that look alike',
    async (table) => {
      const county = await startCounty();
      const rows = [...county.expectedRows(table, 2026)].map((row) => JSON.stringify(row));
      expect(new Set(rows).size).toBeLessThan(rows.length);
    },
  );

  test('buildings without an account, and houses without a building, are there', async () => {
    const county = await startCounty({ accounts: 3000 });
    const accounts = [...county.expectedRows('real_acct', 2026)];
    const known = new Set(accounts.map((row) => row['acct']));
    const built = new Set([...county.expectedRows('building_res', 2026)].map((row) => row['acct']));
    expect([...built].filter((acct) => !known.has(acct))).toHaveLength(1);
    expect(accounts.some((row) => row['state_class'] === 'A1' && !built.has(row['acct']))).toBe(true);
  });
});
