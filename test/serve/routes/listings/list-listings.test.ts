import { beforeAll, describe, expect, test } from 'vitest';
import type { FreshDatabase } from '../../../helpers/database.ts';
import { type Served, served } from '../../../helpers/serve.ts';
import { addListings, fileRow, insertRows, mediumRow } from '../../../helpers/stored-listings.ts';
import { migratedDatabase } from '../../../helpers/template.ts';

const ON = { SERVE_LISTINGS: 'on', SERVE_DISCLAIMER: 'Deemed reliable, not guaranteed.' };

let db: FreshDatabase;
let api: Served;

/** Listing 1 to 12: what makes each differ. */
const DIFFERENCES: Readonly<Record<number, Record<string, unknown>>> = {
  2: { standard_status: 'ActiveUnderContract' },
  3: { standard_status: 'Active Under Contract', city: 'Katy', postal_code: '77449' },
  4: { internet_entire_listing_display_yn: 0 },
  5: { internet_address_display_yn: 0, unit_number: '4B' },
  6: { deleted_at: '2026-02-01 00:00:00.000', updated_at: '2026-02-01 00:00:00.000' },
  7: { property_type: 'ResidentialLease', county_or_parish: 'Fort Bend' },
  8: { list_agent_mls_id: 'A2', list_agent_key: 'agent-2', list_price: null },
  9: { list_office_mls_id: 'O2', list_office_key: 'office-2', on_market_date: null },
  10: { street_name: '100%_Street', property_sub_type: 'Condominium' },
  11: { internet_entire_listing_display_yn: 1, internet_address_display_yn: 1 },
};

beforeAll(async () => {
  db = await migratedDatabase();
  await addListings(db, 12, (nth) => DIFFERENCES[nth] ?? {});
  await insertRows(db, 'media', [
    mediumRow('key-0001', 'late', { order: 9 }),
    mediumRow('key-0001', 'first', { order: 2 }),
    mediumRow('key-0001', 'private', { order: 1, permission: 'Private' }),
    mediumRow('key-0001', 'plan', { order: 0, media_category: 'FloorPlan' }),
  ]);
  await insertRows(db, 'media_file', [fileRow('key-0001', 'first')]);
});

async function ask(path: string): Promise<Record<string, unknown>[]> {
  api = await served(db, ON);
  const reply = await api.get(path);
  expect([path, reply.status, reply.status === 200 ? '' : reply.text]).toEqual([path, 200, '']);
  return reply.json().data;
}

async function keys(query: string): Promise<number[]> {
  const found = await ask(`/listings?${query}`);
  return found.map(({ listing_key: key }) => Number(String(key).slice(4)));
}

const SHOWN = [12, 11, 10, 9, 8, 7, 5, 3, 2, 1];

test('promise 36: shows the newest changes first, without listings that are deleted or whose seller forbids their display', async () => {
  expect(await keys('')).toEqual(SHOWN);
});

test('has the disclaimer, and the time of the last update', async () => {
  await db.query(
    "INSERT INTO etl_watermark (resource, complete_at, version, run_id, updated_at) VALUES ('Property', '2026-03-01 10:00:00.000', 1, 1, '2026-03-01 10:00:00.000') " +
      'ON DUPLICATE KEY UPDATE complete_at = VALUES(complete_at)',
  );
  const { get } = await served(db, { ...ON, RESOURCES: 'Property' });
  const reply = await get('/listings');
  expect(reply.json().metadata).toMatchObject({
    disclaimer: ON.SERVE_DISCLAIMER,
    last_updated: '2026-03-01T10:00:00.000Z',
    fresh: false,
  });
  expect(reply.headers['x-last-update']).toBe('2026-03-01T10:00:00.000Z');
  expect((await get('/health')).json().data).toMatchObject({
    feed: { state: 'stale', last_updated: '2026-03-01T10:00:00.000Z' },
  });
});

test('a listing has the public columns by the names of v_listings, and its first public photo', async () => {
  const listing = (await ask('/listings')).at(-1);
  expect(listing).toMatchObject({
    listing_key: 'key-0001',
    listing_status: 'Active',
    list_price: 101_000,
    square_feet: 1001,
    bathrooms_total: 2,
    street_address: '1 Secret Oak Lane',
    latitude: 29.0001,
    first_photo_key: 'first',
    first_photo_path: '3f/a1/first.jpg',
    internet_address_display_yn: null,
    updated_at: '2026-01-01T00:00:01.000Z',
    deleted_at: null,
  });
});

describe('a listing that hides its address', () => {
  const HIDDEN = /secret|oak lane|\b4B\b|29\.0005|95\.0005|P-5\b|turn left/i;

  test('has null for all that shows it', async () => {
    const listing = (await ask('/listings')).find(({ listing_key: key }) => key === 'key-0005')!;
    expect(listing).toMatchObject({
      street_address: null,
      unit_number: null,
      latitude: null,
      longitude: null,
      parcel_number: null,
      directions: null,
      virtual_tour_url_unbranded: null,
      city: 'Houston',
      internet_address_display_yn: false,
    });
    expect(JSON.stringify(listing)).not.toMatch(HIDDEN);
  });

  test.each(['q=5+secret', 'q=Secret', 'bbox=-95.0006,29.0004,-95.0004,29.0006', 'bbox=-180,-90,180,90'])(
    'is not found by %s',
    async (query) => {
      const found = await keys(query);
      expect(found).not.toContain(5);
    },
  );

  test('is found by what it shows', async () => {
    expect(await keys('q=MLS5')).toEqual([5]);
    expect(await keys('q=houston&max_price=105000')).toEqual([5, 2, 1]);
  });
});

test.each([
  ['status=Active', [12, 11, 10, 9, 8, 7, 5, 1]],
  ['status=active+under+contract', [3, 2]],
  ['status=ActiveUnderContract&status=Pending', [3, 2]],
  ['type=ResidentialLease', [7]],
  ['type=Condominium', [10]],
  ['city=katy', [3]],
  ['city=katy&city=HOUSTON', SHOWN],
  ['postal_code=77449', [3]],
  ['county=fort+bend', [7]],
  ['min_price=109000&max_price=110000', [10, 9]],
  ['min_list_price=109000&max_list_price=110000', [10, 9]],
  ['min_beds=5', [9]],
  ['min_baths=3&max_price=105000', [5, 2]],
  ['min_area=1011', [12, 11]],
  ['min_year=1962', [12]],
  ['max_year=1951', [1]],
  ['min_beds=4&max_beds=4', [8, 3]],
  ['min_bedrooms_total=4&max_bedrooms_total=4', [8, 3]],
  ['max_baths=1', [12, 9, 3]],
  ['max_bathrooms_total=1', [12, 9, 3]],
  ['max_area=1002', [2, 1]],
  ['max_square_feet=1002&min_square_feet=1002', [2]],
  ['max_dom=9', []],
  ['agent=A2', [8]],
  ['agent=agent-2', [8]],
  ['office=O2', [9]],
  ['q=%25_', [10]],
  ['q=katy', [3]],
  ['bbox=-95.00115,29.00105,-95.0010,29.0012', [11]],
  ['updated_after=2026-01-01T00:00:11Z&deleted=false', [11, 12]],
  ['sort_by=list_price&sort_order=asc&page_size=3', [8, 1, 2]],
  ['sort_by=on_market_date', [12, 11, 10, 8, 7, 5, 3, 2, 1, 9]],
  ['sort_by=modification_timestamp&sort_order=asc', SHOWN.toReversed()],
] as const)('?%s finds %j', async (query, expected) => {
  expect(await keys(query)).toEqual(expected);
});

test('fields always has the keys, the names of agent and office, and the flags', async () => {
  const [listing] = await ask('/listings?fields=city&page_size=1');
  expect(Object.keys(listing!).toSorted()).toEqual([
    'city',
    'internet_address_display_yn',
    'internet_automated_valuation_display_yn',
    'internet_consumer_comment_yn',
    'internet_entire_listing_display_yn',
    'list_agent_full_name',
    'list_office_name',
    'listing_key',
    'updated_at',
  ]);
});

test('updated_after has tombstones, with nothing but the key and times, in the order of changes', async () => {
  const found = await ask('/listings?updated_after=2026-01-01T00:00:04Z&city=Houston');
  expect(found.map(({ listing_key: key }) => key)).toEqual(
    [4, 5, 7, 8, 9, 10, 11, 12, 6].map((nth) => `key-${String(nth).padStart(4, '0')}`),
  );
  expect([found[0], found.at(-1)]).toEqual([
    {
      listing_key: 'key-0004',
      updated_at: '2026-01-01T00:00:04.000Z',
      deleted_at: '2026-01-01T00:00:04.000Z',
    },
    {
      listing_key: 'key-0006',
      updated_at: '2026-02-01T00:00:00.000Z',
      deleted_at: '2026-02-01T00:00:00.000Z',
    },
  ]);
});

test('a listing that does not match the filters is a tombstone, so that a copy of a part is right', async () => {
  const found = await ask('/listings?deleted=true&sort_order=asc&city=Katy');
  const shown = found.filter(({ deleted_at: at }) => at === null);
  expect(found.length).toBe(12);
  expect(shown.map(({ listing_key: key }) => key)).toEqual(['key-0003']);
});

test('deleted=only has the tombstones of deleted and hidden listings', async () => {
  expect(await keys('deleted=only')).toEqual([6, 4]);
});

test.each([
  ['status=Active&stauts=x', 'stauts', 'status'],
  ['bbox=1,2,3', 'bbox', 'west,south,east,north'],
  ['bbox=10,0,-10,1', 'bbox', 'west,south,east,north'],
  ['deleted=only&city=Katy', 'city', 'deleted=only'],
  ['updated_after=2026-01-01T00:00:00Z&sort_by=list_price', 'sort_by', 'order of changes'],
  ['fields=private_remarks', 'fields', 'private_remarks'],
  ['sort_by=city', 'sort_by', 'list_price'],
])('?%s is refused because of %s', async (query, parameter, message) => {
  const { get } = await served(db, ON);
  const reply = await get(`/listings?${query}`);
  expect([reply.status, reply.json()]).toMatchObject([
    400,
    { error: { parameter, message: expect.stringContaining(message) } },
  ]);
});

test('private remarks and addresses of the feed are in no answer', async () => {
  const { get } = await served(db, ON);
  for (const path of [
    '/listings',
    '/listings?deleted=true',
    '/listings/key-0001',
    '/listings/key-0001/media',
  ]) {
    const { status, text } = await get(path);
    expect(status).toBe(200);
    expect(text).not.toMatch(/PRIVATE|signature|feed\.example/);
  }
});

test('without SERVE_LISTINGS there are no listings, and the answer names the setting', async () => {
  const { get } = await served(db);
  for (const path of ['/listings', '/listings/key-0001', '/listings/key-0001/media', '/parcels/hcad/1']) {
    const reply = await get(path);
    expect([path, reply.status, reply.text]).toEqual([path, 404, expect.stringContaining('SERVE_LISTINGS')]);
  }
  expect((await get('/openapi.json')).text).not.toContain('/listings');
});

test('a copy of listings that could miss deletions is refused', async () => {
  const own = await migratedDatabase();
  await addListings(own, 3, () => ({}));
  const { get } = await served(own, ON);
  const ask = async (after: string) => (await get(`/listings?updated_after=${after}`)).status;
  expect(await ask('2025-05-01T00:00:00Z')).toBe(200);
  await own.query("INSERT INTO etl_purge VALUES ('Property', '2025-06-01 00:00:00.000', 1)");
  expect(await ask('2025-05-01T00:00:00Z')).toBe(410);
  expect(await ask('2025-07-01T00:00:00Z')).toBe(200);
  expect(await ask('1970-01-01T00:00:00Z')).toBe(200);
  expect((await get('/listings?updated_after=2025-05-01T00:00:00Z&deleted=only')).status).toBe(410);
});
