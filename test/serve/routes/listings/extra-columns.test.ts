import { beforeAll, expect, test } from 'vitest';
import { ConfigError } from '../../../../src/errors.ts';
import { checkNames } from '../../../../src/serve/routes/listings/extra-columns.ts';
import type { FreshDatabase } from '../../../helpers/database.ts';
import { served } from '../../../helpers/serve.ts';
import { addListings } from '../../../helpers/stored-listings.ts';
import { migratedDatabase } from '../../../helpers/template.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await migratedDatabase();
  await db.query(
    'ALTER TABLE properties ADD COLUMN pool_features TEXT NULL, ADD COLUMN cross_street VARCHAR(50) NULL, ADD COLUMN owner_name VARCHAR(50) NULL',
  );
  await addListings(db, 2, (nth) => ({
    pool_features: 'Heated',
    close_price: 99_500,
    cross_street: 'Elm',
    tax_assessed_value: 88,
    internet_address_display_yn: nth === 2 ? 0 : null,
  }));
});

test('SERVE_LISTING_COLUMNS adds columns of properties, which hide an address too', async () => {
  const { get } = await served(db, {
    SERVE_LISTINGS: 'on',
    SERVE_LISTING_COLUMNS:
      'pool_features,close_price,cross_street,unparsed_address,fireplace_yn,standard_status',
  });
  const { data } = (await get('/listings?sort_order=asc')).json();
  expect(data[0]).toMatchObject({
    pool_features: 'Heated',
    close_price: 99_500,
    cross_street: 'Elm',
    unparsed_address: '1 Secret Oak Lane',
    fireplace_yn: null,
    listing_status: 'Active',
  });
  expect(data[1]).toMatchObject({ pool_features: 'Heated', cross_street: null, unparsed_address: null });
  const [some] = (await get('/listings?fields=close_price')).json().data;
  expect(some).toHaveProperty('close_price');
  expect((await (await served(db, { SERVE_LISTINGS: 'on' })).get('/listings')).text).not.toMatch(
    /close_price|99500/,
  );
});

test.each([
  'private_remarks',
  'broker_remarks',
  'realtor_remarks',
  'confidential_remarks',
  'x_agent_remarks',
  'agent_only_remarks',
  'private_office_remarks',
  'showing_instructions',
  'lock_box_type',
  'lockbox_serial_number',
  'access_code',
  'owner_name',
  'owner_phone',
  'occupant_name',
  'occupant_type',
  'buyer_agency_compensation',
  'content_hash',
])('%s is never served', async (name) => {
  const start = served(db, { SERVE_LISTINGS: 'on', SERVE_LISTING_COLUMNS: `city,${name}` });
  await expect(start).rejects.toThrow(ConfigError);
  expect(() => checkNames([name])).toThrow(`SERVE_LISTING_COLUMNS has ${name}, which is never served: it`);
});

test('a column that properties lacks is a mistake that is reported at the start', async () => {
  await expect(served(db, { SERVE_LISTINGS: 'on', SERVE_LISTING_COLUMNS: 'no_such' })).rejects.toThrow(
    'properties has no such column',
  );
  await served(db, { SERVE_LISTING_COLUMNS: 'no_such' });
});
