import { beforeAll, afterAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/pool.ts';
import { childTablesOf, markDeleted, unmarkDeleted } from '../../src/load/remove.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { addListings, insertRows, mediumRow } from '../helpers/stored-listings.ts';
import { migratedDatabase } from '../helpers/template.ts';

const DELETED = '2026-02-01 10:00:00.000';
const RESTORED = '2026-02-02 10:00:00.000';

const children = childTablesOf(property, [property, media]);

let db: FreshDatabase;
let database: Database;

beforeAll(async () => {
  db = await migratedDatabase();
  database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  await addListings(db, 2);
  await insertRows(db, 'media', [mediumRow('key-0001', 'photo-1'), mediumRow('key-0002', 'photo-2')]);
});

afterAll(() => database.close());

async function times(): Promise<unknown> {
  const listings = await db.query(
    'SELECT listing_key, deleted_at, updated_at FROM properties ORDER BY listing_key',
  );
  const photos = await db.query('SELECT media_key, deleted_at, updated_at FROM media ORDER BY media_key');
  return [listings, photos];
}

test('to delete rows, and to restore them, moves the updated_at of them and their children alone', async () => {
  const other = { listing_key: 'key-0002', deleted_at: null, updated_at: '2026-01-01 00:00:02.000' };
  const otherPhoto = { media_key: 'photo-2', deleted_at: null, updated_at: '2026-01-01 00:00:00.000' };
  await markDeleted(database, property, children, ['key-0001'], DELETED);
  expect(await times()).toEqual([
    [{ listing_key: 'key-0001', deleted_at: DELETED, updated_at: DELETED }, other],
    [{ media_key: 'photo-1', deleted_at: DELETED, updated_at: DELETED }, otherPhoto],
  ]);
  const at = { deletedAt: DELETED, now: RESTORED };
  expect(await unmarkDeleted(database, property, children, ['key-0001', 'key-0002'], at)).toBe(1);
  expect(await times()).toEqual([
    [{ listing_key: 'key-0001', deleted_at: null, updated_at: RESTORED }, other],
    [{ media_key: 'photo-1', deleted_at: null, updated_at: RESTORED }, otherPhoto],
  ]);
});
