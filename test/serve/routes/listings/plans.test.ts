import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FreshDatabase } from '../../../helpers/database.ts';
import { openDatabase, type Database, type Session, type SqlValue } from '../../../../src/db/pool.ts';
import { createCache } from '../../../../src/lib/cache.ts';
import type { Count } from '../../../../src/serve/list/count.ts';
import { readParameters } from '../../../../src/serve/parameters/read-parameters.ts';
import type { Answer } from '../../../../src/serve/route.ts';
import { listListings } from '../../../../src/serve/routes/listings/list-listings.ts';
import { createColumnReader } from '../../../../src/serve/routes/listings/read-columns.ts';
import type { ServeTools } from '../../../../src/serve/tools.ts';
import { addListings, sqlTime, START } from '../../../helpers/stored-listings.ts';
import { migratedDatabase } from '../../../helpers/template.ts';

const LISTINGS = 4000;

type Sent = { readonly sql: string; readonly values: readonly SqlValue[] };
type PlanRow = { readonly table: string; readonly key: string | null; readonly Extra: string | null };

let db: FreshDatabase;
let database: Database;

beforeAll(async () => {
  db = await migratedDatabase();
  database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  const cities = ['Houston', 'Katy', 'Spring', 'Humble', 'Cypress', 'Pearland', 'Tomball', 'Alvin'];
  await addListings(db, LISTINGS, (nth) => ({
    city: cities[nth % cities.length],
    standard_status: nth % 3 === 0 ? 'Active' : 'Closed',
    postal_code: String(77_000 + (nth % 200)),
    on_market_date: sqlTime(START - (nth % 900) * 86_400_000).slice(0, 10),
    internet_entire_listing_display_yn: nth % 50 === 0 ? 0 : null,
  }));
  await db.query('ANALYZE TABLE properties');
});

afterAll(() => database.close());

/** Answers a request, and returns the statements that it sent, each with its values. */
async function ask(query: string): Promise<{ readonly answer: Answer; readonly sent: readonly Sent[] }> {
  const sent: Sent[] = [];
  const session: Session = {
    ...database,
    select: (sql, values = []) => {
      sent.push({ sql, values });
      return database.select(sql, values);
    },
  };
  const values = readParameters(listListings.parameters, new URLSearchParams(query));
  const tools = {
    database: session,
    cursorSecret: Buffer.alloc(32),
    counts: createCache<Count>(Date.now, 0, 1),
    clock: { now: Date.now },
    settings: { disclaimer: undefined },
    readLastUpdate: () => Promise.resolve(null),
    readListingColumns: createColumnReader(database, []),
  } as unknown as ServeTools;
  return { answer: await listListings.read({ query: values, path: {}, isTrusted: true }, tools), sent };
}

/** The plan of the page of keys of a request, and the rows that it reads. */
async function planOf(
  query: string,
): Promise<{ readonly plan: readonly PlanRow[]; readonly readRows: number }> {
  const { sent } = await ask(query);
  const { sql, values } = sent.find((each) => each.sql.includes('AS place_key'))!;
  const plan = await db.query<PlanRow>(`EXPLAIN FORMAT = TRADITIONAL ${sql}`, [...values]);
  await db.query('FLUSH STATUS');
  await db.query(sql, [...values]);
  const handlers = await db.query<{ Value: string }>("SHOW SESSION STATUS LIKE 'Handler_read%'");
  return { plan, readRows: handlers.reduce((sum, { Value: value }) => sum + Number(value), 0) };
}

describe.each([
  ['', 'serve_updated_at'],
  ['&sort_by=updated_at&sort_order=asc', 'serve_updated_at'],
  ['&updated_after=2026-01-01T00:10:00Z', 'serve_updated_at'],
  ['&updated_after=2026-01-01T01:00:00Z', 'serve_updated_at'],
  ['&sort_by=list_price', 'serve_list_price'],
  ['&sort_by=list_price&sort_order=asc&min_price=500000', 'serve_list_price'],
  ['&sort_by=on_market_date', 'serve_on_market_date'],
  ['&sort_by=modification_timestamp', 'modification_timestamp'],
])('/listings?%s', (query, index) => {
  test('reads the page from the index, without sorting', async () => {
    const { plan } = await planOf(`count=false${query}`);
    expect(plan).toMatchObject([{ table: 'properties', key: index }]);
    expect(plan[0]!.Extra ?? '').not.toMatch(/filesort|temporary/i);
  });

  test('reads a deep page by cursor from the index, no more rows than for the first', async () => {
    let cursor = '';
    for (let page = 0; page < 3; page += 1) {
      const { answer } = await ask(`count=false&page_size=1000${query}${cursor}`);
      const next = answer.pagination!.next_cursor;
      if (next === null) break;
      cursor = `&cursor=${encodeURIComponent(next)}`;
    }
    const { plan, readRows } = await planOf(`count=false&page_size=20${query}${cursor}`);
    expect(plan).toMatchObject([{ key: index }]);
    expect(plan[0]!.Extra ?? '').not.toMatch(/filesort|temporary/i);
    expect(readRows).toBeGreaterThan(0);
    expect(readRows).toBeLessThan(100);
  });
});

test('a city by price is read from an index that has the price', async () => {
  const { plan, readRows } = await planOf(
    'count=false&status=Closed&city=katy&sort_by=list_price&sort_order=asc',
  );
  expect(plan[0]!.key).toMatch(/^(status_city_price|serve_list_price)$/);
  expect(readRows).toBeLessThan(1500);
});

test('the rows of a page are read by their keys, and each first photo by the index of its listing', async () => {
  const { sent } = await ask('count=false');
  const plans: PlanRow[] = [];
  for (const { sql, values } of sent.slice(1))
    plans.push(...(await db.query<PlanRow>(`EXPLAIN FORMAT = TRADITIONAL ${sql}`, [...values])));
  expect(plans.length).toBeGreaterThan(3);
  expect(plans.map(({ table, key }) => [table, key])).not.toContainEqual([expect.anything(), null]);
});
