import { expect, test } from 'vitest';
import { countyFolder, prints } from '../helpers/county-folder.ts';
import { trestle } from '../helpers/cli.ts';
import { sandboxFor } from '../helpers/pipeline.ts';

test('why shows the account of a listing and what differs, and why there is none', async () => {
  const feed = await sandboxFor({ listings: 200 });
  const { folder, db } = await countyFolder({ feed });
  await prints(folder, 'sync');
  const differing = await db.query<{ listing_key: string; parcel_account: string }>(
    'SELECT listing_key, parcel_account FROM v_listing_parcels WHERE living_area <> parcel_living_area LIMIT 1',
  );
  expect(differing).toHaveLength(1);
  const { listing_key: key, parcel_account: account } = differing[0]!;
  const text = await prints(folder, 'why', key, '--offline');
  expect(text).toContain(`parcel: hcad ${account} of 2026, by `);
  expect(text).toMatch(/differs: living area is \d+ in the listing, \d+ in the account/);

  const [same] = await db.query<{ listing_key: string }>(
    'SELECT listing_key FROM v_listing_parcels WHERE living_area = parcel_living_area AND year_built = parcel_year_built ' +
      'AND bedrooms_total = parcel_bedrooms LIMIT 1',
  );
  expect(await prints(folder, 'why', same!.listing_key, '--offline')).not.toContain('differs');

  const [none] = await db.query<{ listing_key: string }>(
    "SELECT listing_key FROM properties WHERE county_or_parish = 'Harris' AND listing_key NOT IN (SELECT listing_key FROM parcel_match) LIMIT 1",
  );
  if (none !== undefined)
    expect(await prints(folder, 'why', none.listing_key, '--offline')).toContain(
      'no account of hcad matches',
    );
  await db.query('DELETE FROM parcel_match WHERE listing_key = ?', [key]);
  expect(await prints(folder, 'why', key, '--offline')).toContain('no account of hcad matches');
  const [other] = await db.query<{ listing_key: string }>(
    "SELECT listing_key FROM properties WHERE county_or_parish <> 'Harris' LIMIT 1",
  );
  expect(await prints(folder, 'why', other!.listing_key, '--offline')).not.toContain('parcel');
  const json = JSON.parse(await prints(folder, 'why', same!.listing_key, '--offline', '--json')) as {
    parcels: { source: string; compared: unknown[] }[];
  };
  expect(json.parcels).toMatchObject([{ source: 'hcad' }]);
  expect(json.parcels[0]!.compared).toHaveLength(3);
});

test('why needs listings, and names the command for accounts', async () => {
  const { folder } = await countyFolder();
  const ended = await trestle(folder, ['why', '1', '--offline']);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain('trestle-etl parcels');
});
