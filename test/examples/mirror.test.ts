import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { FreshDatabase } from '../helpers/database.ts';
import { atTestEnd } from '../helpers/clean-up.ts';
import { temporaryFolder } from '../helpers/pipeline.ts';
import { served } from '../helpers/serve.ts';
import { addItems } from '../helpers/stored-items.ts';
import { addListings, insertRows, listingRow, sqlTime } from '../helpers/stored-listings.ts';
import { migratedDatabase } from '../helpers/template.ts';
import { ROOT } from '../docs/documents.ts';

const CHANGES = 1000;
const ROUNDS = 8;

type Copy = { readonly records: Readonly<Record<string, Record<string, unknown>>> };

async function mirror(list: string, file: string): Promise<Copy> {
  await promisify(execFile)(process.execPath, [join(ROOT, 'examples/mirror.mjs'), list, file]);
  return JSON.parse(readFileSync(file, 'utf8')) as Copy;
}

/** Numbers from 0 to below `max`, the same in each run of the test. */
function randomNumbers(): (max: number) => number {
  let state = 20_261_127;
  return (max) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * max);
  };
}

/** Makes the changes in rounds, with a copy during each round and one after it, and returns the last copy. */
async function copyDuring(list: string, change: (nth: number) => Promise<void>): Promise<Copy> {
  const file = join(temporaryFolder(), 'copy.json');
  await mirror(list, file);
  for (let round = 0; round < ROUNDS; round += 1) {
    const copying = mirror(list, file);
    for (let nth = 0; nth < CHANGES / ROUNDS; nth += 1) await change(round * (CHANGES / ROUNDS) + nth);
    await copying;
  }
  return mirror(list, file);
}

/** One of the changes that a run makes to a row of listings. */
async function changeListing(db: FreshDatabase, random: (max: number) => number, nth: number): Promise<void> {
  const at = sqlTime(Date.now());
  const key = `key-${String(1 + random(200 + nth / 10)).padStart(4, '0')}`;
  const set = (sql: string) =>
    db.query(`UPDATE properties SET ${sql}, updated_at = ? WHERE listing_key = ?`, [at, key]);
  switch (random(8)) {
    case 0:
      return insertRows(db, 'properties', [listingRow(1000 + nth, { created_at: at, updated_at: at })]);
    case 1:
    case 2:
      return void (await set(`list_price = ${random(1_000_000)}`));
    case 3:
      return void (await set(`deleted_at = '${at}'`));
    case 4:
      return void (await set('deleted_at = NULL'));
    case 5:
      return void (await set('internet_entire_listing_display_yn = 0'));
    case 6:
      return void (await set(`internet_entire_listing_display_yn = ${random(2) === 0 ? 'NULL' : 1}`));
    default:
      return void (await set(`internet_address_display_yn = ${random(2)}`));
  }
}

function sort(rows: readonly unknown[]): string[] {
  return rows.map((row) => JSON.stringify(row)).toSorted();
}

test('a copy of listings equals the tables after a thousand changes, many of them during the copy', async () => {
  const db = await migratedDatabase();
  await addListings(db, 200);
  const { url } = await served(db, { SERVE_LISTINGS: 'on' });
  const random = randomNumbers();
  const copy = await copyDuring(`${url}/listings`, (nth) => changeListing(db, random, nth));
  const rows = await db.query<Record<string, string | null>>(
    'SELECT listing_key, list_price, updated_at, IF(internet_address_display_yn = 0, NULL, unparsed_address) AS address ' +
      'FROM properties WHERE deleted_at IS NULL AND (internet_entire_listing_display_yn IS NULL OR internet_entire_listing_display_yn = 1)',
  );
  const expected = rows.map((row) => [
    row['listing_key'],
    Number(row['list_price']),
    `${row['updated_at']!.replace(' ', 'T')}Z`,
    row['address'],
  ]);
  const copied = Object.values(copy.records).map((record) => [
    record['listing_key'],
    record['list_price'],
    record['updated_at'],
    record['street_address'],
  ]);
  expect(copied.length).toBeGreaterThan(150);
  expect(copied.filter(([, , , address]) => address === null).length).toBeGreaterThan(5);
  expect(sort(copied)).toEqual(sort(expected));
});

async function changeItem(db: FreshDatabase, random: (max: number) => number, nth: number): Promise<void> {
  const at = sqlTime(Date.now());
  const id = `item-${1 + random(200)}`;
  const set = (sql: string) =>
    db.query(`UPDATE unified_items SET ${sql}, updated_at = ? WHERE external_id = ?`, [at, id]);
  switch (random(4)) {
    case 0:
      return void (await db.query(
        'INSERT INTO unified_items (source_type, source_name, external_id, title, metadata, first_seen_at, updated_at, item_hash, run_id) ' +
          "VALUES ('csv', 'permits', ?, 'New', '{}', ?, ?, '', 1)",
        [`new-${nth}`, at, at],
      ));
    case 1:
      return void (await set(`title = 'Title ${random(1000)}'`));
    case 2:
      return void (await set(`deleted_at = '${at}'`));
    default:
      return void (await set('deleted_at = NULL'));
  }
}

test('a copy of items equals the table after a thousand changes, many of them during the copy', async () => {
  const db = await migratedDatabase();
  await addItems(db, 200);
  const { url } = await served(db);
  const random = randomNumbers();
  const copy = await copyDuring(`${url}/data`, (nth) => changeItem(db, random, nth));
  const rows = await db.query<Record<string, string>>(
    'SELECT id, external_id, title, updated_at FROM unified_items WHERE deleted_at IS NULL',
  );
  const copied = Object.values(copy.records).map((record) => [
    record['id'],
    record['external_id'],
    record['title'],
    record['updated_at'],
  ]);
  expect(copied.length).toBeGreaterThan(200);
  const expected = rows.map((row) => [
    Number(row['id']),
    row['external_id'],
    row['title'],
    `${row['updated_at']!.replace(' ', 'T')}Z`,
  ]);
  expect(sort(copied)).toEqual(sort(expected));
});

test('the example waits when it is refused, and repeats the page', async () => {
  const db = await migratedDatabase();
  await addItems(db, 3);
  const { get } = await served(db);
  let requests = 0;
  const proxy = createServer(({ url: path = '' }, response) => {
    requests += 1;
    if (requests === 1) response.writeHead(429, { 'retry-after': '1' }).end();
    else void get(path).then(({ text }) => response.end(text));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  atTestEnd(() => void proxy.close());
  const { port } = proxy.address() as AddressInfo;
  const start = performance.now();
  const copy = await mirror(`http://127.0.0.1:${port}/data`, join(temporaryFolder(), 'copy.json'));
  expect(Object.keys(copy.records)).toHaveLength(3);
  expect(requests).toBe(2);
  expect(performance.now() - start).toBeGreaterThan(990);
});

test('a copy that is older than the tombstones is made again', async () => {
  const db = await migratedDatabase();
  await addListings(db, 20);
  const list = `${(await served(db, { SERVE_LISTINGS: 'on' })).url}/listings`;
  const file = join(temporaryFolder(), 'copy.json');
  const before = Object.keys((await mirror(list, file)).records);
  const [gone] = before.splice(3, 1);
  await db.query('DELETE FROM properties WHERE listing_key = ?', [gone]);
  await db.query("INSERT INTO etl_purge VALUES ('Property', ?, 1)", [sqlTime(Date.now())]);
  expect(Object.keys((await mirror(list, file)).records).toSorted()).toEqual(before.toSorted());
});

test('the example has less than 45 lines', () => {
  expect(readFileSync(join(ROOT, 'examples/mirror.mjs'), 'utf8').trimEnd().split('\n').length).toBeLessThan(
    45,
  );
});
