import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { LISTING_COLUMNS } from '../../src/serve/routes/listings/columns.ts';
import { toSchema } from '../../src/serve/openapi/to-schema.ts';
import { listItems } from '../../src/serve/routes/data/list-items.ts';
import { listParameters } from '../../src/serve/routes/listings/parameters.ts';
import { temporaryFolder } from '../helpers/pipeline.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { served } from '../helpers/serve.ts';
import { addListings } from '../helpers/stored-listings.ts';
import { migratedDatabase } from '../helpers/template.ts';
import { codes, read, section, tableRows } from './documents.ts';

const text = read('docs/serve.md');

let db: FreshDatabase;

beforeAll(async () => {
  db = await migratedDatabase();
  await addListings(db, 3, (nth) => ({ list_office_name: nth === 3 ? '<b>Oak</b>' : 'Oak Realty' }));
});

type Element = { textContent: string };
type Page = (document: object, fetch: (path: string) => Promise<object>) => Promise<void>;

/** The script of the page as a function of what a browser gives it. */
async function loadScript(): Promise<Page> {
  const script = /<script type="module">\n([\s\S]*?)<\/script>/.exec(text)?.[1] ?? '';
  const file = join(temporaryFolder(), 'page.mjs');
  writeFileSync(file, `export const page = async (document, fetch) => {\n${script}};\n`);
  const loaded = (await import(pathToFileURL(file).href)) as { page: Page };
  return loaded.page;
}

test('the web page lists the homes of the address that nginx passes on, as text', async () => {
  const { get } = await served(db, { SERVE_LISTINGS: 'on', SERVE_DISCLAIMER: 'Deemed reliable.' });
  const path = /proxy_pass http:\/\/127\.0\.0\.1:8480(\S+);/.exec(text)![1]!;
  const address = `${path}?${/set \$args "(\S+)";/.exec(text)![1]!}`;
  const shown: Record<string, Element[]> = { '#homes': [], '#source': [{ textContent: '' }] };
  const document = {
    createElement: (): Element => ({ textContent: '' }),
    querySelector: (name: string) =>
      name === '#homes'
        ? { append: (...lines: Element[]) => void shown['#homes']!.push(...lines) }
        : shown[name]![0],
  };
  const page = await loadScript();
  await page(document, async (requested) => {
    expect(requested).toBe('/homes.json');
    const reply = await get(address);
    expect(reply.status).toBe(200);
    return { ok: true, json: () => Promise.resolve(reply.json()) };
  });
  expect(shown['#homes']!.map(({ textContent: line }) => line)).toEqual([
    '3 Secret Oak Lane: $103000 (<b>Oak</b>)',
    '2 Secret Oak Lane: $102000 (Oak Realty)',
    '1 Secret Oak Lane: $101000 (Oak Realty)',
  ]);
  expect(shown['#source']![0]!.textContent).toBe('Deemed reliable. Updated null');
});

test('the web page reports an answer that is not the listings', async () => {
  const page = await loadScript();
  const answer = { ok: false, status: 429, json: () => Promise.reject(new SyntaxError('no JSON')) };
  await expect(page({}, () => Promise.resolve(answer))).rejects.toThrow(/429/);
});

test('docs/serve.md names every parameter of /data', () => {
  const rows = tableRows(section(text, '## Items')).map(([first = '']) => codes(first));
  expect(rows.flat().toSorted()).toEqual(Object.keys(listItems.parameters).toSorted());
});

test('docs/serve.md names every parameter of /listings', () => {
  const rows = tableRows(section(text, '## Listings')).map(([first = '']) => codes(first));
  const named = rows.flat().filter((name) => !name.startsWith('/'));
  const wanted = Object.entries(listParameters).filter(
    ([, type]) => !String(toSchema(type)['description']).startsWith('Alias of'),
  );
  expect(named.toSorted()).toEqual(wanted.map(([name]) => name).toSorted());
});

test('docs/serve.md names every field that is hidden with the address, and those of every record', () => {
  const rules = codes(section(text, '### Display rules'));
  const names = LISTING_COLUMNS.filter(({ isAddress }) => isAddress).map(({ name }) => name);
  expect(rules).toEqual(expect.arrayContaining(names));
  const always = LISTING_COLUMNS.filter(({ isAlways, name }) => isAlways && !name.startsWith('internet_'));
  expect(rules).toEqual(expect.arrayContaining(always.map(({ name }) => name)));
});

test('every curl of a listing or parcel in docs/serve.md is understood', async () => {
  const { get } = await served(db, { SERVE_LISTINGS: 'on' });
  const addresses = [...text.matchAll(/curl 'http:\/\/127\.0\.0\.1:8480(\/(?:listings|parcels)[^']*)'/g)];
  expect(addresses.length).toBeGreaterThan(1);
  for (const [, address = ''] of addresses) expect((await get(address)).status).toBeOneOf([200, 404]);
});
