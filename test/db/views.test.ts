import { beforeAll, describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { resources } from '../../src/sources/trestle/datasets/index.ts';
import { stampAt } from '../../src/sandbox/trestle/instant.ts';
import { type SandboxRecord, readText } from '../../src/sandbox/trestle/record.ts';
import { codes, section, tableRows } from '../docs/documents.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';

type Row = Record<string, string | null>;

const HOUR = 3_600_000;
const ACTIVE = new Set(['Active', 'ActiveUnderContract', 'ComingSoon']);

let all: Pipeline;

beforeAll(async () => {
  all = await pipeline({ listings: 400, oddValues: false });
  const { feed } = all.sandbox;
  // Photos as feeds have them too: none is preferred, one is preferred late, some have no order, a plan comes first.
  for (const [index, record] of [...feed.records('Media')].entries()) {
    const change: SandboxRecord[] = [
      { PreferredPhotoYN: null, Order: null },
      { PreferredPhotoYN: true, Order: 90 - (index % 7) },
      { PreferredPhotoYN: false, Order: 1 },
      { MediaCategory: 'FloorPlan', Order: 0, PreferredPhotoYN: true },
      { MediaCategory: null, Order: 2, PreferredPhotoYN: null },
    ];
    if (index % 3 === 0) feed.put('Media', { ...record, ...change[(index / 3) % change.length] });
  }
  const wanted = new Set(['Property', 'Media', 'OpenHouse']);
  await all.run({ resources: resources.filter(({ name }) => wanted.has(name)) });
});

function query(sql: string): Promise<Row[]> {
  return all.db.query<Row>(sql);
}

function deleted(table: string, key: string): Promise<Row[]> {
  return query(`UPDATE ${table} SET deleted_at = UTC_TIMESTAMP(3) WHERE ${key}`);
}

function restored(table: string): Promise<Row[]> {
  return query(`UPDATE ${table} SET deleted_at = NULL`);
}

async function columns(view: string): Promise<string[]> {
  return (await query(`SHOW COLUMNS FROM ${view}`)).map((row) => row['Field']!).sort();
}

function sqlTime(at: number): string {
  return new Date(at).toISOString().slice(0, 23).replace('T', ' ');
}

/** The first photo of each listing, determined without SQL. */
function firstPhotos(): Map<string, string> {
  const sorted = [...all.sandbox.feed.records('Media')]
    .filter(({ MediaCategory }) => MediaCategory === 'Photo' || MediaCategory === null)
    .sort(
      (a, b) =>
        Number(b['PreferredPhotoYN'] ?? false) - Number(a['PreferredPhotoYN'] ?? false) ||
        Number(a['Order'] ?? Infinity) - Number(b['Order'] ?? Infinity) ||
        (readText(a, 'MediaKey') < readText(b, 'MediaKey') ? -1 : 1),
    );
  const first = new Map<string, string>();
  for (const medium of sorted) {
    const listing = readText(medium, 'ResourceRecordKey');
    if (!first.has(listing)) first.set(listing, readText(medium, 'MediaKey'));
  }
  return first;
}

describe('v_listings', () => {
  test('has every listing once, with its first photo', async () => {
    const rows = await query('SELECT listing_key AS k, first_photo_key AS photo FROM v_listings');
    const first = firstPhotos();
    expect(rows.length).toBe(400);
    expect(new Set(rows.map(({ k }) => k)).size).toBe(400);
    expect(first.size).toBeGreaterThan(200);
    expect(first.size).toBeLessThan(400);
    for (const { k, photo } of rows) expect([k, photo]).toEqual([k, first.get(k!) ?? null]);
  });

  test('has the plain names of what is stored', async () => {
    const rows = await query(
      `SELECT IF(v.listing_status = p.standard_status AND v.square_feet <=> p.living_area AND v.bathrooms_total <=>
       p.bathrooms_total_integer AND v.first_photo_url <=> m.media_url, 'same', '') AS same, v.street_address, v.listing_key
       FROM v_listings v JOIN properties p ON p.listing_key = v.listing_key
       LEFT JOIN media m ON m.media_key = v.first_photo_key`,
    );
    expect(new Set(rows.map(({ same }) => same))).toEqual(new Set(['same']));
    for (const { listing_key: key, street_address: address } of rows) {
      const record = all.sandbox.feed.get('Property', key!)!;
      const unit = readText(record, 'UnitNumber');
      const street = ['StreetNumber', 'StreetDirPrefix', 'StreetName', 'StreetSuffix', 'StreetDirSuffix'];
      const parts = street.map((name) => readText(record, name)).filter((part) => part !== '');
      expect(address).toBe([...parts, ...(unit === '' ? [] : [`#${unit}`])].join(' '));
    }
  });

  test('builds an address from the available parts', async () => {
    const [{ k } = { k: '' }] = await query('SELECT listing_key AS k FROM properties LIMIT 1');
    const set = async (values: string): Promise<unknown> => {
      await query(`UPDATE properties SET ${values} WHERE listing_key = '${k}'`);
      return (await query(`SELECT street_address AS a FROM v_listings WHERE listing_key = '${k}'`))[0]?.['a'];
    };
    const street = "street_number = '12', street_dir_prefix = '', street_name = 'Elm', street_suffix = 'Way'";
    expect(await set(`${street}, street_dir_suffix = NULL, unit_number = 'None'`)).toBe('12 Elm Way');
    expect(await set("unit_number = ''")).toBe('12 Elm Way');
    expect(await set("unit_number = '4B'")).toBe('12 Elm Way #4B');
    expect(await set("street_name = '', unparsed_address = 'Lot 7, Elm'")).toBe('Lot 7, Elm');
  });

  test('has the path of the first photo once its file is stored', async () => {
    const [{ k, photo } = { k: '', photo: '' }] = await query(
      'SELECT listing_key AS k, first_photo_key AS photo FROM v_listings WHERE first_photo_key IS NOT NULL LIMIT 1',
    );
    const path = (): Promise<Row[]> =>
      query(`SELECT first_photo_path AS path FROM v_active_listings WHERE listing_key = '${k}' UNION ALL
        SELECT first_photo_path FROM v_listings WHERE listing_key = '${k}'`);
    expect((await path()).at(-1)).toEqual({ path: null });
    await query(
      `INSERT INTO media_file (media_key, listing_key, state, wanted_for, store_path) VALUES ('${photo}', '${k}', 'stored', '', '0a/1b/${photo}.jpg')`,
    );
    expect((await path()).at(-1)).toEqual({ path: `0a/1b/${photo}.jpg` });
    await query('DELETE FROM media_file');
  });

  test('shows no deleted listing, and no deleted photo', async () => {
    const [{ k, photo } = { k: '', photo: '' }] = await query(
      `SELECT listing_key AS k, first_photo_key AS photo FROM v_listings v WHERE
       (SELECT COUNT(*) FROM media WHERE resource_record_key = v.listing_key AND media_category = 'Photo') > 1 LIMIT 1`,
    );
    await deleted('media', `media_key = '${photo}'`);
    const [after] = await query(`SELECT first_photo_key AS photo FROM v_listings WHERE listing_key = '${k}'`);
    expect(after?.['photo']).toBeTypeOf('string');
    expect(after?.['photo']).not.toBe(photo);
    await deleted('media', `resource_record_key = '${k}'`);
    expect(await query(`SELECT first_photo_key AS photo FROM v_listings WHERE listing_key = '${k}'`)).toEqual(
      [{ photo: null }],
    );
    await deleted('properties', `listing_key = '${k}'`);
    expect(await query(`SELECT 1 FROM v_listings WHERE listing_key = '${k}'`)).toEqual([]);
    await restored('media');
    await restored('properties');
  });

  test('looks up listings by their indexes and photos by theirs, without a table in between', async () => {
    await query('ANALYZE TABLE properties, media');
    const plans = [
      "SELECT * FROM v_listings WHERE listing_status = 'Active' AND city = 'Denver'",
      "SELECT street_address, first_photo_url FROM v_active_listings WHERE postal_code = '80205' ORDER BY list_price LIMIT 20",
    ];
    for (const sql of plans) {
      const plan = await query(`EXPLAIN FORMAT = TRADITIONAL ${sql}`);
      const of = (table: string): Row[] => plan.filter((row) => row['table'] === table);
      expect([of('m'), of('f')].map((rows) => rows.map((row) => row['key']))).toEqual([
        ['resource_record_key'],
        ['resource_record_key'],
      ]);
      expect(of('p')[0]?.['key']).toMatch(/^(status_city_price|postal_code)$/);
      expect(plan.filter((row) => /DERIVED|MATERIALIZED/.test(row['select_type'] ?? ''))).toEqual([]);
    }
  });
});

describe('v_active_listings', () => {
  test('has what a buyer can request, in both spellings', async () => {
    const listings = [...all.sandbox.feed.records('Property')];
    const wanted = listings.filter((record) => ACTIVE.has(readText(record, 'StandardStatus')));
    const keys = wanted.map((record) => readText(record, 'ListingKey')).sort();
    const found = async (): Promise<string[]> =>
      (await query('SELECT listing_key AS k FROM v_active_listings')).map(({ k }) => k!).sort();
    expect(keys.length).toBeGreaterThan(100);
    expect(await found()).toEqual(keys);
    await query(
      "UPDATE properties SET standard_status = 'Active Under Contract' WHERE standard_status = 'ActiveUnderContract'",
    );
    await query("UPDATE properties SET standard_status = 'Coming Soon' WHERE standard_status = 'ComingSoon'");
    expect(await found()).toEqual(keys);
  });
});

describe('v_open_houses_upcoming', () => {
  test('excludes those that are over, canceled, or of a deleted listing', async () => {
    const now = Date.now();
    const wanted = [...all.sandbox.feed.records('OpenHouse')].filter(
      (house) =>
        Date.parse(readText(house, 'OpenHouseEndTime')) > now && house['OpenHouseStatus'] === 'Active',
    );
    const rows = await query('SELECT open_house_key AS k, listing_key AS l FROM v_open_houses_upcoming');
    expect(wanted.length).toBeGreaterThan(10);
    expect(rows.map(({ k }) => k!).sort()).toEqual(
      wanted.map((house) => readText(house, 'OpenHouseKey')).sort(),
    );
    const [first] = rows;
    await deleted('properties', `listing_key = '${first!['l']}'`);
    const others = rows.filter(({ l }) => l !== first!['l']);
    expect(await query('SELECT open_house_key AS k FROM v_open_houses_upcoming')).toHaveLength(others.length);
    await deleted('open_houses', `open_house_key = '${others[0]!['k']}'`);
    expect(await query('SELECT 1 FROM v_open_houses_upcoming')).toHaveLength(others.length - 1);
    await restored('properties');
    await restored('open_houses');
  });

  test('promise 7: uses UTC, regardless of local offset and session time zone', async () => {
    const { feed } = all.sandbox;
    const [record] = feed.records('OpenHouse');
    const set = async (start: number, end: number | null): Promise<number> => {
      await all.db.query(
        'UPDATE open_houses SET open_house_status = NULL, open_house_start_time = ?, open_house_end_time = ?',
        [sqlTime(start), end === null ? null : sqlTime(end)],
      );
      return (await query('SELECT 1 FROM v_open_houses_upcoming')).length;
    };
    const now = Date.now();
    const houses = feed.size('OpenHouse');
    expect(await set(now - 2 * HOUR, now + HOUR)).toBe(houses);
    expect(await set(now - 2 * HOUR, now - HOUR)).toBe(0);
    expect(await set(now + HOUR, null)).toBe(houses);
    expect(await set(now - HOUR, null)).toBe(0);
    const end = stampAt(now + HOUR, 7);
    feed.put('OpenHouse', {
      ...record!,
      OpenHouseEndTime: end,
      OpenHouseStatus: 'Active',
      ModificationTimestamp: stampAt(now, 4),
    });
    await all.run({ resources: resources.filter(({ name }) => name === 'OpenHouse') });
    const [row] = await query('SELECT CAST(ends_at AS CHAR) AS e FROM v_open_houses_upcoming');
    expect(row?.['e']).toBe(sqlTime(Date.parse(end)));
  });
});

test('docs/database.md names the columns of the views', async () => {
  const text = section(readFileSync('docs/database.md', 'utf8'), '## Views');
  const told = tableRows(text).map(([first = '']) => codes(first));
  const start = told.findIndex((names) => names.includes('open_house_key'));
  expect(await columns('v_active_listings')).toEqual(await columns('v_listings'));
  expect(told.slice(0, start).flat().sort()).toEqual(await columns('v_listings'));
  expect(told.slice(start).flat().sort()).toEqual(await columns('v_open_houses_upcoming'));
});
