import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAnswerSchema } from '../../../../src/serve/answer/envelope.ts';
import { ROUTES } from '../../../../src/serve/routes/registry.ts';
import type { FreshDatabase } from '../../../helpers/database.ts';
import { served } from '../../../helpers/serve.ts';
import { addListings, fileRow, insertRows, mediumRow } from '../../../helpers/stored-listings.ts';
import { migratedDatabase } from '../../../helpers/template.ts';

const COLUMNS = { SERVE_LISTINGS: 'on', SERVE_LISTING_COLUMNS: 'close_price,fireplace_yn' };

let db: FreshDatabase;
let reader: Pick<FreshDatabase, 'env'>;
let user: string;

beforeAll(async () => {
  db = await migratedDatabase();
  await addListings(db, 5, (nth) => ({ internet_entire_listing_display_yn: nth === 2 ? 0 : null }));
  await insertRows(db, 'media', [mediumRow('key-0001', 'photo')]);
  await insertRows(db, 'media_file', [fileRow('key-0001', 'photo')]);
  user = `${db.user}r`.slice(-30);
  await db.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'reads-only-1'`);
  await db.query(`GRANT SELECT ON \`${db.name}\`.* TO '${user}'@'%'`);
  reader = { env: { ...db.env, MYSQL_USER: user, MYSQL_PASSWORD: 'reads-only-1' } };
});

afterAll(() => db.query(`DROP USER '${user}'@'%'`));

const ANSWERS = [
  ['/listings', '/listings'],
  ['/listings', '/listings?updated_after=2026-01-01T00:00:00Z'],
  ['/listings', '/listings?fields=city,close_price&count=false'],
  ['/listings/{key}', '/listings/key-0001'],
  ['/listings', '/listings?include=media,open_houses,rooms,parcel&deleted=true'],
  ['/listings/{key}', '/listings/key-0001?include=none&fields=city'],
  ['/listings/{key}/media', '/listings/key-0001/media'],
  ['/listings/{key}/open-houses', '/listings/key-0001/open-houses'],
  ['/listings/{key}/rooms', '/listings/key-0001/rooms'],
] as const;

test.each(ANSWERS)(
  '%s: %s has the shape that the document describes, for a user who can only read',
  async (path, address) => {
    const { get } = await served(reader, COLUMNS);
    const reply = await get(address);
    expect([address, reply.status]).toEqual([address, 200]);
    const { answer, isList = false } = ROUTES.find((route) => route.path === path)!;
    const parsed = createAnswerSchema(answer, isList).safeParse(reply.json());
    expect(parsed.error?.issues ?? []).toEqual([]);
  },
);

test('the same listings are answered with 304', async () => {
  const { get } = await served(reader, COLUMNS);
  const { headers } = await get('/listings');
  expect(await get('/listings', { 'if-none-match': headers['etag']! })).toMatchObject({
    status: 304,
    text: '',
  });
});
