import { beforeAll, describe, expect, test } from 'vitest';
import type { FreshDatabase } from '../../../helpers/database.ts';
import { type Reply, served } from '../../../helpers/serve.ts';
import { addListings, fileRow, insertRows, mediumRow, sqlTime } from '../../../helpers/stored-listings.ts';
import { migratedDatabase } from '../../../helpers/template.ts';

const HOUR = 3_600_000;

let db: FreshDatabase;

const FLAGS: Readonly<Record<number, Record<string, unknown>>> = {
  2: { internet_address_display_yn: 0 },
  3: { internet_entire_listing_display_yn: 0 },
  4: { deleted_at: '2026-02-01 00:00:00.000' },
};

beforeAll(async () => {
  db = await migratedDatabase();
  await addListings(db, 4, (nth) => FLAGS[nth] ?? {});
  for (const nth of [1, 2, 3, 4]) await addChildren(`key-000${nth}`);
  await addCounty();
});

async function addChildren(listing: string): Promise<void> {
  const own = { listing_key: listing, modification_timestamp: '2026-01-01', content_hash: '', run_id: 1 };
  const base = { ...own, created_at: '2026-01-01', updated_at: '2026-01-01' };
  await insertRows(db, 'media', [
    mediumRow(listing, `${listing}-b`, { order: 2, short_description: 'Kitchen' }),
    mediumRow(listing, `${listing}-a`, { order: 1, permission: 'Public,IDX' }),
    mediumRow(listing, `${listing}-private`, { order: 3, permission: 'Private' }),
    mediumRow(listing, `${listing}-gone`, { order: 4, deleted_at: '2026-01-02' }),
    mediumRow(listing, `${listing}-plan`, { order: 5, media_category: 'FloorPlan' }),
  ]);
  await insertRows(db, 'media_file', [
    fileRow(listing, `${listing}-b`),
    fileRow(listing, `${listing}-private`),
    fileRow(listing, `${listing}-a`, { state: 'removed' }),
  ]);
  const [past, soon, later] = [-HOUR, HOUR, 2 * HOUR].map((ms) => sqlTime(Date.now() + ms));
  const house = (key: string, more: object) => ({
    ...base,
    open_house_key: `${listing}-${key}`,
    open_house_start_time: soon,
    open_house_end_time: later,
    ...more,
  });
  await insertRows(db, 'open_houses', [
    house('next', { open_house_type: 'Public', showing_agent_first_name: 'Sam' }),
    house('brokers', { open_house_type: 'Broker' }),
    house('canceled', { open_house_status: 'Canceled' }),
    house('over', { open_house_start_time: '2026-01-01', open_house_end_time: past }),
  ]);
  await insertRows(db, 'property_rooms', [
    { ...base, room_key: `${listing}-kitchen`, room_type: 'Kitchen', room_area: '120.50' },
  ]);
  await insertRows(db, 'parcel_match', [
    {
      source: 'pine-county',
      listing_key: listing,
      account: '00123',
      tax_year: 2026,
      method: 'number',
      score: 0.95,
      matched_at: '2026-01-01',
    },
  ]);
}

/** The table of accounts as an import publishes it. */
async function addCounty(): Promise<void> {
  await db.query(
    'CREATE TABLE pine_county_parcel (tax_year SMALLINT NOT NULL, account VARCHAR(50) NOT NULL, owner VARCHAR(100), address VARCHAR(100), ' +
      'street_number VARCHAR(25), street_name VARCHAR(50), unit VARCHAR(25), city VARCHAR(50), postal_code VARCHAR(10), neighborhood VARCHAR(20), ' +
      'class VARCHAR(20), market_value BIGINT, appraised_value BIGINT, land_square_feet DECIMAL(24,8), acres DECIMAL(24,8), living_area DECIMAL(24,8), ' +
      'year_built INT, bedrooms DECIMAL(24,8), full_baths DECIMAL(24,8), half_baths DECIMAL(24,8), pools INT, PRIMARY KEY (tax_year, account))',
  );
  const account = {
    account: '00123',
    owner: 'OWNER NAME',
    address: '1 SECRET OAK LN',
    full_baths: 2,
    half_baths: 1,
  };
  await insertRows(db, 'pine_county_parcel', [
    { ...account, tax_year: 2025, market_value: 1 },
    { ...account, tax_year: 2026, market_value: 350_000 },
  ]);
  await insertRows(db, 'etl_import', [
    {
      source: 'pine-county',
      run_id: 1,
      state: 'published',
      shape: '',
      archives: '[]',
      tables: '{}',
      started_at: '2026-01-01',
      updated_at: '2026-01-01',
    },
  ]);
  await db.query('CREATE TABLE my_parcel (account VARCHAR(50), tax_year INT, owner VARCHAR(50))');
}

async function ask(path: string): Promise<Reply> {
  const { get } = await served(db, { SERVE_LISTINGS: 'on', SERVE_DISCLAIMER: 'Only for you.' });
  return get(path);
}

async function read(path: string): Promise<Record<string, unknown>> {
  const reply = await ask(path);
  expect([path, reply.status]).toEqual([path, 200]);
  expect(reply.text).not.toMatch(/OWNER NAME|PRIVATE|signature|Sam/);
  expect(reply.json().metadata).toMatchObject({
    disclaimer: 'Only for you.',
    last_updated: null,
    fresh: false,
  });
  return reply.json().data as unknown as Record<string, unknown>;
}

const keysOf = (list: unknown, key: string): unknown[] =>
  (list as Record<string, unknown>[]).map((each) => each[key]);

test('one listing has its media, open houses, rooms and parcel', async () => {
  const listing = await read('/listings/key-0001');
  expect(listing).toMatchObject({ listing_key: 'key-0001', street_address: '1 Secret Oak Lane' });
  expect(keysOf(listing['media'], 'media_key')).toEqual(['key-0001-a', 'key-0001-b', 'key-0001-plan']);
  expect(keysOf(listing['media'], 'path')).toEqual([null, '3f/a1/key-0001-b.jpg', null]);
  expect(listing['open_houses']).toMatchObject([{ open_house_key: 'key-0001-next' }]);
  expect(listing['rooms']).toMatchObject([{ room_type: 'Kitchen', room_area: 120.5 }]);
  expect(listing['parcel']).toMatchObject({
    county: 'pine-county',
    account: '00123',
    tax_year: 2026,
    market_value: 350_000,
    baths: 2.5,
    match: { method: 'number', score: 0.95 },
  });
});

test('include selects what comes with it', async () => {
  const some = await read('/listings/key-0001?include=rooms,media&fields=city');
  expect(Object.keys(some)).toEqual(expect.arrayContaining(['city', 'rooms', 'media', 'list_office_name']));
  expect(some).not.toHaveProperty('parcel');
  expect(await read('/listings/key-0001?include=none')).not.toHaveProperty('media');
  const wrong = await ask('/listings/key-0001?include=photos');
  expect([wrong.status, wrong.json()]).toMatchObject([400, { error: { parameter: 'include' } }]);
});

test('include adds to each listing of a page what the listing itself has, and nothing to a tombstone', async () => {
  const names = ['media', 'open_houses', 'rooms', 'parcel'] as const;
  const page = (await read(
    `/listings?deleted=true&include=${names.join()}&sort_by=updated_at`,
  )) as unknown as Record<string, unknown>[];
  expect(new Set(keysOf(page, 'listing_key'))).toEqual(
    new Set(['key-0001', 'key-0002', 'key-0003', 'key-0004']),
  );
  for (const record of page) {
    const key = String(record['listing_key']);
    const single = record['deleted_at'] === null ? await read(`/listings/${key}`) : {};
    expect(names.map((name) => record[name])).toEqual(names.map((name) => single[name]));
  }
  expect(keysOf(page.find((each) => each['listing_key'] === 'key-0002')!['media'], 'media_key')).toEqual([
    'key-0002-a',
    'key-0002-b',
  ]);
  const [plain] = (await read('/listings')) as unknown as object[];
  for (const name of names) expect(plain).not.toHaveProperty(name);
});

test('a page with what is included has at most 200 listings', async () => {
  const large = await ask('/listings?include=rooms&page_size=201');
  expect([large.status, large.json()]).toMatchObject([400, { error: { parameter: 'page_size' } }]);
  expect((await ask('/listings?include=none&page_size=201')).status).toBe(200);
  expect((await ask('/listings?include=rooms&page_size=200')).status).toBe(200);
});

test('a listing that hides its address has no parcel, and only photos', async () => {
  const listing = await read('/listings/key-0002');
  expect(listing).toMatchObject({ parcel: null, street_address: null, latitude: null, city: 'Houston' });
  expect(keysOf(listing['media'], 'media_key')).toEqual(['key-0002-a', 'key-0002-b']);
  expect(JSON.stringify(listing)).not.toMatch(/secret/i);
  const media = (await ask('/listings/key-0002/media')).json().data;
  expect(keysOf(media, 'media_key')).toEqual(['key-0002-a', 'key-0002-b']);
});

describe.each(['', '/media', '/open-houses', '/rooms'])('/listings/{key}%s', (rest) => {
  test.each(['key-0003', 'key-0004', 'key-9999', 'KEY-0001', "x'%20OR%20'1"])('has no %s', async (key) => {
    const reply = await ask(`/listings/${key}${rest}`);
    expect([reply.status, reply.json()]).toMatchObject([
      404,
      { error: { message: 'there is no such listing' } },
    ]);
  });
});

test('media, open houses and rooms have their own addresses', async () => {
  const [photo] = (await read('/listings/key-0001/media')) as unknown as object[];
  expect(photo).toMatchObject({ media_key: 'key-0001-a', order: 1 });
  const second = ((await read('/listings/key-0001/media')) as unknown as object[])[1];
  expect(second).toMatchObject({
    content_type: 'image/jpeg',
    byte_size: 1234,
    width: 1600,
    sizes: '320,1280',
  });
  expect(await read('/listings/key-0001/open-houses')).toMatchObject([{ open_house_key: 'key-0001-next' }]);
  expect(await read('/listings/key-0001/rooms')).toMatchObject([{ room_key: 'key-0001-kitchen' }]);
});

describe('/parcels', () => {
  test('has the newest year of an account, or the one that is asked for, without its owner', async () => {
    const newest = await ask('/parcels/pine-county/00123');
    expect([newest.status, newest.json().data]).toMatchObject([
      200,
      { tax_year: 2026, market_value: 350_000 },
    ]);
    expect(newest.text).not.toMatch(/owner/i);
    const older = await ask('/parcels/pine-county/00123?tax_year=2025');
    expect(older.json().data).toMatchObject({ tax_year: 2025, market_value: 1 });
  });

  test.each([
    '/parcels/pine-county/123',
    '/parcels/my/1',
    '/parcels/elsewhere/00123',
    '/parcels/pine_county/00123',
    '/parcels/%60x/1',
  ])('%s is not there', async (path) => {
    expect((await ask(path)).status).toBe(404);
  });
});
