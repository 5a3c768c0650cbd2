import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../../src/db/pool.ts';
import { findRecords } from '../../../../src/serve/dashboard/search/find-records.ts';
import type { FreshDatabase } from '../../../helpers/database.ts';
import { addItems } from '../../../helpers/stored-items.ts';
import { addListings } from '../../../helpers/stored-listings.ts';
import { migratedDatabase } from '../../../helpers/template.ts';

let db: FreshDatabase;
let database: Database;

const ADDRESSES = ['100% Main Street', '1000 Main Street', 'back\\slash Road', "O'Hara_Lane", 'OxHaraxLane'];

beforeAll(async () => {
  db = await migratedDatabase();
  database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  await addListings(db, ADDRESSES.length + 1, (nth) => ({
    unparsed_address: ADDRESSES[nth - 1] ?? '1 Hidden Street',
    internet_address_display_yn: nth > ADDRESSES.length ? 0 : null,
  }));
  await addItems(db, 2);
});

afterAll(() => database.close());

const find = async (text: string): Promise<(string | null)[]> =>
  (await findRecords(database, text, ['news'])).map(({ title }) => title);

test.each([
  ['100%', ['100% Main Street']],
  ['Main', ['100% Main Street', '1000 Main Street']],
  ['k\\s', ['back\\slash Road']],
  ["O'Hara_L", ["O'Hara_Lane"]],
  ['%', ['100% Main Street']],
  ['Hidden', []],
  ['item-2', ['Title 2']],
])('%j finds %j', async (text, wanted) => {
  expect(await find(text)).toEqual(wanted);
});
