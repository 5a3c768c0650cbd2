import { expect, test } from 'vitest';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';

const listings = { resources: [property] };
/** Nothing is read twice: what a later run clears, it clears by itself. */
const ONCE = { overlap: 0 };

type Listing = { readonly key: string; readonly id: string };

function listingsOf({ sandbox: { feed } }: Pipeline): Listing[] {
  return [...feed.records('Property')].map((record) => ({
    key: readText(record, 'ListingKey'),
    id: readText(record, 'ListingId'),
  }));
}

let moments = 0;

/** Changes a listing in the feed, later than everything before it. */
function change({ sandbox: { feed } }: Pipeline, key: string, fields: object): void {
  moments += 1;
  const record = [...feed.records('Property')].find((each) => readText(each, 'ListingKey') === key);
  const at = new Date(Date.now() + moments).toISOString();
  feed.put('Property', { ...record!, ...fields, ModificationTimestamp: at });
}

async function idsOf({ db }: Pipeline): Promise<Map<string, string>> {
  const rows = await db.query<{ k: string; id: string }>(
    'SELECT listing_key AS k, listing_id AS id FROM properties',
  );
  return new Map(rows.map(({ k, id }) => [k, id]));
}

async function quarantined({ db }: Pipeline): Promise<Record<string, string>[]> {
  return db.query('SELECT record_key, parent_key, reasons FROM etl_quarantine ORDER BY record_key');
}

async function orphans({ db }: Pipeline, table: string, key: string): Promise<object[]> {
  return db.query(
    `SELECT r.${key} FROM ${table}_raw r LEFT JOIN ${table} t ON t.${key} = r.${key} WHERE t.${key} IS NULL`,
  );
}

test('promise 5: a new listing with the value of another one in a unique index of the user’s goes to quarantine, and takes no row over', async () => {
  const all = await pipeline({ listings: 40 });
  await all.run({ ...listings }, ONCE);
  await all.db.query('ALTER TABLE properties ADD UNIQUE own_unique (listing_id)');
  const [first] = listingsOf(all);
  const [record] = [...all.sandbox.feed.records('Property')];
  const at = new Date().toISOString();
  all.sandbox.feed.put('Property', { ...record!, ListingKey: 'ZZ-NEW', ModificationTimestamp: at });
  change(all, listingsOf(all)[5]!.key, { City: 'Elsewhere' });
  expect(await all.run(listings, ONCE)).toMatchObject({
    status: 'partial',
    totals: { inserted: 0, updated: 1, rejected: 1 },
  });
  expect((await idsOf(all)).get(first!.key)).toBe(first!.id);
  expect(await expectParity(all.sandbox, all.db, property, new Set(['ZZ-NEW']))).toBe(40);
  const [entry, ...more] = await quarantined(all);
  expect([entry?.['record_key'], more]).toEqual(['ZZ-NEW', []]);
  expect(entry!['reasons']).toMatch(/unique index that trestle-etl did not make: .*own_unique/);
  expect(await orphans(all, 'properties', 'listing_key')).toEqual([]);
  // The other one gives the value up: the next run but one has the listing, without asking for it.
  change(all, first!.key, { ListingId: 'FREED' });
  await all.run(listings, ONCE);
  expect((await all.run(listings, ONCE)).totals).toMatchObject({ processed: 1, inserted: 1 });
  expect(await quarantined(all)).toEqual([]);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(41);
});

test('promise 5: a first load into a table with such an index stores every listing that does not clash', async () => {
  const all = await pipeline({ listings: 40 });
  await all.run({ ...listings, maxPages: 1 }, { ...ONCE, odata: { pageSize: 1 } });
  await all.db.query('DELETE FROM properties');
  await all.db.query('DELETE FROM properties_raw');
  await all.db.query('DELETE FROM etl_watermark');
  await all.db.query('ALTER TABLE properties ADD UNIQUE own_unique (listing_id)');
  const own = listingsOf(all);
  change(all, own[30]!.key, { ListingId: own[2]!.id });
  change(all, own[31]!.key, { ListingId: own[3]!.id });
  expect((await all.run(listings, ONCE)).totals).toMatchObject({ inserted: 38, rejected: 2 });
  const held = (await quarantined(all)).map((entry) => entry['record_key']!);
  // Of two listings with one value, the first of their page is stored.
  for (const [one, other] of [
    [2, 30],
    [3, 31],
  ])
    expect(held.filter((key) => key === own[one!]!.key || key === own[other!]!.key)).toHaveLength(1);
  expect(await expectParity(all.sandbox, all.db, property, new Set(held))).toBe(38);
});

test.each([
  ['two listings that swap a value', [1, 0]],
  ['three in a circle', [1, 2, 0]],
  ['a chain', [1, 2, undefined]],
])('promise 6: %s end as the feed has them', async (_, moves) => {
  const all = await pipeline({ listings: 20 });
  await all.run(listings, ONCE);
  await all.db.query('ALTER TABLE properties ADD UNIQUE own_unique (listing_id)');
  await all.db.query("ALTER TABLE properties ADD COLUMN own_note VARCHAR(20) NOT NULL DEFAULT 'kept'");
  const own = listingsOf(all).sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const [place, from] of moves.entries())
    change(all, own[place]!.key, { ListingId: from === undefined ? 'NEW' : own[from]!.id });
  await all.db.query("UPDATE properties SET own_note = 'mine'");
  expect(await all.run(listings, ONCE)).toMatchObject({
    status: 'success',
    totals: { updated: moves.length },
  });
  expect(await quarantined(all)).toEqual([]);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(20);
  expect(await all.db.query("SELECT COUNT(*) AS n FROM properties WHERE own_note <> 'mine'")).toEqual([
    { n: '0' },
  ]);
});

test('promise 6: of listings that swap a value, one that clashes with a third one too leaves all of them as they were', async () => {
  const all = await pipeline({ listings: 20 });
  await all.run(listings, ONCE);
  await all.db.query(
    'ALTER TABLE properties ADD UNIQUE own_unique (listing_id), ADD UNIQUE own_place (unparsed_address)',
  );
  const own = listingsOf(all).sort((a, b) => (a.key < b.key ? -1 : 1));
  const [third] = await all.db.query<{ a: string }>(
    'SELECT unparsed_address AS a FROM properties WHERE listing_key = ?',
    [own[2]!.key],
  );
  const before = await idsOf(all);
  change(all, own[0]!.key, { ListingId: own[1]!.id });
  change(all, own[1]!.key, { ListingId: own[0]!.id, UnparsedAddress: third!.a });
  expect((await all.run(listings, ONCE)).totals).toMatchObject({ rejected: 2 });
  expect(await idsOf(all)).toEqual(before);
  const held = (await quarantined(all)).map((entry) => entry['record_key']!);
  expect(held).toEqual([own[0]!.key, own[1]!.key]);
  change(all, own[1]!.key, { ListingId: own[0]!.id, UnparsedAddress: '1 Free Street' });
  await all.run(listings, ONCE);
  await all.run(listings, ONCE);
  expect(await quarantined(all)).toEqual([]);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(20);
});

test('promise 9: photos that change places keep them, with a unique index on listing and order', async () => {
  const all = await pipeline({ listings: 20 });
  await all.run({}, ONCE);
  await all.db.query('ALTER TABLE media ADD UNIQUE own_unique (resource_record_key, `order`)');
  const { feed } = all.sandbox;
  const [listing] = await all.db.query<{ k: string }>(
    'SELECT resource_record_key AS k FROM media GROUP BY resource_record_key HAVING COUNT(*) >= 3 LIMIT 1',
  );
  const set = [...feed.records('Media')].filter((each) => each['ResourceRecordKey'] === listing!.k);
  const at = new Date().toISOString();
  const orders = set.map((each) => each['Order']);
  for (const [place, each] of set.entries())
    feed.put('Media', { ...each, Order: orders[(place + 1) % set.length]!, ModificationTimestamp: at });
  change(all, listing!.k, { PhotosChangeTimestamp: at });
  expect(await all.run({}, ONCE)).toMatchObject({ status: 'success', totals: { rejected: 0 } });
  await expectParity(all.sandbox, all.db, media);
  expect(await orphans(all, 'media', 'media_key')).toEqual([]);
});

test('promise 5: a photo that clashes goes to quarantine with its listing, and leaves no payload behind', async () => {
  const all = await pipeline({ listings: 20 });
  await all.run({}, ONCE);
  await all.db.query('ALTER TABLE media ADD UNIQUE own_unique (resource_record_key, `order`)');
  const { feed } = all.sandbox;
  const [photo] = [...feed.records('Media')];
  const listing = readText(photo!, 'ResourceRecordKey');
  const at = new Date().toISOString();
  feed.put('Media', { ...photo!, MediaKey: 'zz-twin', ModificationTimestamp: at });
  const count = [...feed.records('Media')].filter((each) => each['ResourceRecordKey'] === listing).length;
  change(all, listing, { PhotosChangeTimestamp: at, PhotosCount: count });
  expect(await all.run({}, ONCE)).toMatchObject({ status: 'partial', totals: { rejected: 1 } });
  expect(await quarantined(all)).toMatchObject([{ record_key: 'zz-twin', parent_key: listing }]);
  expect(await orphans(all, 'media', 'media_key')).toEqual([]);
  await expectParity(all.sandbox, all.db, media, new Set(['zz-twin']));
});

const OWN_ID =
  "own_id VARCHAR(255) GENERATED ALWAYS AS (JSON_UNQUOTE(JSON_EXTRACT(payload, '$.ListingId'))) VIRTUAL";

test('promise 5: a unique index of the user’s on a table of payloads keeps the record out as a whole', async () => {
  const all = await pipeline({ listings: 20 });
  await all.run(listings, ONCE);
  await all.db.query(`ALTER TABLE properties_raw ADD COLUMN ${OWN_ID}, ADD UNIQUE own_unique (own_id)`);
  const own = listingsOf(all);
  const payloads = await all.db.query('SELECT * FROM properties_raw ORDER BY listing_key');
  const [record] = [...all.sandbox.feed.records('Property')];
  const at = new Date().toISOString();
  all.sandbox.feed.put('Property', { ...record!, ListingKey: 'ZZ-NEW', ModificationTimestamp: at });
  expect((await all.run(listings, ONCE)).totals).toMatchObject({ inserted: 0, rejected: 1 });
  expect(await all.db.query('SELECT * FROM properties_raw ORDER BY listing_key')).toEqual(payloads);
  expect((await idsOf(all)).size).toBe(own.length);
  expect(await quarantined(all)).toMatchObject([{ record_key: 'ZZ-NEW' }]);
});
