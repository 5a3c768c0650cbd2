import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { ROUTES } from '../../../src/serve/routes/registry.ts';
import { problemSchema } from '../../../src/serve/answer/envelope.ts';
import type { FreshDatabase } from '../../helpers/database.ts';
import { type Reply, served } from '../../helpers/serve.ts';
import { addItems } from '../../helpers/stored-items.ts';
import { migratedDatabase } from '../../helpers/template.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await migratedDatabase();
  await addItems(db, 20);
});

const NASTY = [
  "'",
  '"',
  '`',
  '\\',
  "' OR '1'='1",
  '1; DROP TABLE unified_items; --',
  "') UNION SELECT 1 -- ",
  '/*',
  '--',
  '%',
  '_',
  '!',
  '%%%',
  '?',
  ':',
  '\0',
  'a\0b',
  '\r\nX: y',
  '\u2028',
  '\ufeff',
  '\u202e',
  '😀',
  'İ',
  '{}',
  '[]',
  '0',
  '-0',
  '-1',
  '1e308',
  '9'.repeat(300),
  '0x10',
  'NaN',
  'Infinity',
  '1,2',
  ' 1',
  '१',
  'null',
  'true',
  '[object Object]',
  '../../etc/passwd',
  '..%2f',
  '__proto__',
  'constructor',
  'toString',
  '${7*7}',
  '<script>',
  'a'.repeat(3000),
  '2026-02-30T00:00:00Z',
  '0000-00-00T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '2026-01-01T00:00:00 02:00',
];

const values = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.double().map(String),
  fc.bigInt().map(String),
);

/** What an address can contain: encoded, or with broken percent signs. */
const encoded = fc.oneof(
  values.map((value) => encodeURIComponent(value.toWellFormed())),
  fc.constantFrom(
    '%',
    '%zz',
    '%ff',
    '%c0%af',
    '%ed%a0%80',
    '%00',
    '%0',
    '%u0041',
    '%25%27',
    '+',
    '%2',
    '%f0%9f',
  ),
);

const routes = fc.constantFrom(...ROUTES);

/** The path and the query of a request to one of the routes. */
const addresses = routes.chain((route) => {
  const names = [...Object.keys(route.parameters), 'page', 'unknown', '__proto__', 'a[]', 'a[b]', ''];
  const pairs = fc.array(fc.tuple(fc.constantFrom(...names), encoded), { maxLength: 4 });
  const parts = Object.keys(route.pathParameters ?? {});
  return fc
    .tuple(fc.array(encoded, { minLength: parts.length, maxLength: parts.length }), pairs)
    .map(([path, query]) => {
      const full = parts.reduce((text, name, nth) => text.replace(`{${name}}`, () => path[nth]!), route.path);
      return `${full}?${query.map(([name, value]) => `${encodeURIComponent(name)}=${value}`).join('&')}`;
    });
});

function expectAnswer({ status, text, headers }: Reply): void {
  expect([200, 400, 404, 414]).toContain(status);
  if (headers['content-type']!.startsWith('text/plain')) return;
  const body = JSON.parse(text) as { status: string };
  expect(body.status).toBe(status === 200 ? 'success' : 'error');
  if (status !== 200) problemSchema.parse(body);
}

async function checksum(): Promise<unknown> {
  return db.query('CHECKSUM TABLE unified_items, etl_sync_log, properties, raw_data');
}

test('whatever the parameters are, no answer is an internal error, each is JSON, and no table changes', async () => {
  const before = await checksum();
  const { get } = await served(db);
  await fc.assert(
    fc.asyncProperty(addresses, async (address) => {
      if (address.length < 8000) expectAnswer(await get(address));
    }),
    { numRuns: 600 },
  );
  expect(await checksum()).toEqual(before);
});

test('every parameter of every route survives every nasty value', async () => {
  const { get, lines } = await served(db);
  for (const route of ROUTES) {
    for (const name of Object.keys(route.parameters)) {
      for (const value of NASTY) {
        const path = route.path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(value.slice(0, 50)));
        expectAnswer(await get(`${path}?${name}=${encodeURIComponent(value)}`));
      }
    }
  }
  expect(lines.filter(({ message }) => message === 'a request failed')).toEqual([]);
});

test('a search finds what it names: quotes, percent signs and underscores have no meaning', async () => {
  await db.query('UPDATE unified_items SET title = ? WHERE external_id = ?', [`50%_off's!`, 'item-1']);
  const { get } = await served(db);
  const find = async (text: string): Promise<number> =>
    (await get(`/data?search=${encodeURIComponent(text)}`)).json().data.length;
  expect(await find("50%_off's!")).toBe(1);
  expect(await find('%')).toBe(1);
  expect(await find('_')).toBe(1);
  expect(await find("' OR '1'='1")).toBe(0);
});

test('a cursor that was changed in any way is refused', async () => {
  const { get } = await served(db);
  const { next_cursor: cursor } = (await get('/data?page_size=2')).json().metadata.pagination;
  const ask = (text: string, more = ''): Promise<Reply> =>
    get(`/data?page_size=2&cursor=${encodeURIComponent(text)}${more}`);
  expect((await ask(cursor!)).status).toBe(200);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(cursor!.length - 1),
      fc.constantFrom(...'ABCabc019-_.=+/ \0'.split('')),
      fc.constantFrom('replace', 'insert', 'cut'),
      async (at, character, how) => {
        const rest = cursor!.slice(how === 'insert' ? at : at + 1);
        const changed = how === 'cut' ? cursor!.slice(0, at) : `${cursor!.slice(0, at)}${character}${rest}`;
        if (changed === cursor) return;
        const reply = await ask(changed);
        expect(reply.status).toBe(400);
        expect(reply.json()).toMatchObject({ error: { parameter: 'cursor' } });
      },
    ),
    { numRuns: 300 },
  );
  for (const other of ['&sort_order=asc', '&category=x', '&updated_after=2026-01-01T00:00:00Z', '&page=2']) {
    expect((await ask(cursor!, other)).status).toBe(400);
  }
});
