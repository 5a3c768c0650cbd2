import { beforeAll, expect, test } from 'vitest';
import type { Overview } from '../../../src/report/overview.ts';
import { renderTiles } from '../../../src/serve/dashboard/parts/tiles.ts';
import { type FreshDatabase, freshDatabase } from '../../helpers/database.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../helpers/pipeline.ts';
import { served } from '../../helpers/serve.ts';
import { addItems } from '../../helpers/stored-items.ts';
import { addListings } from '../../helpers/stored-listings.ts';
import { migratedDatabase } from '../../helpers/template.ts';

let db: FreshDatabase;
let withoutFeed: Record<string, string>;

beforeAll(async () => {
  db = await migratedDatabase();
  await addListings(db, 21);
  await addItems(db, 1);
  const file = join(temporaryFolder(), 'sources.yaml');
  writeFileSync(file, 'sources:\n  news:\n    type: rss\n    url: http://127.0.0.1:9/feed.xml\n');
  withoutFeed = {
    SOURCES_FILE: file,
    TRESTLE_API_BASE_URL: '',
    TRESTLE_CLIENT_ID: '',
    TRESTLE_CLIENT_SECRET: '',
  };
});

test.each(['/search?q=x', '/record/1'])('%s without tables names the command that helps', async (path) => {
  const { status, text } = await (await served(await freshDatabase())).get(path);
  expect(status).toBe(503);
  expect(text).toMatch(/No tables yet[^]*trestle-etl doctor/);
});

test('lines of county files that are not rows are counted as quarantined', () => {
  const status = { resources: [], runs: [], releases: [{ published: { rejects: 6 } }], ageSeconds: null };
  const overview = { status, sources: [], feed: null, failedRuns: 0, parity: [] } as unknown as Overview;
  const { text } = renderTiles(overview, 1, 0);
  expect(text).toMatch(/Quarantined[^]*6[^]*6 lines of county files were rejected/);
});

test('a search that finds more than it shows reports that', async () => {
  const { get } = await served(db);
  const many = await get('/search?q=Secret%20Oak');
  expect(many.text).toContain('<h1>The first 20</h1>');
  expect(many.text.match(/href="\/record\/key-/g)).toHaveLength(20);
  expect((await get('/search?q=21%20Secret%20Oak')).text).toContain('<h1>1 found</h1>');
});

test.each(['/search', '/search?q=', '/search?q=%20'])('%s shows what can be searched for', async (path) => {
  const { status, text } = await (await served(db)).get(path);
  expect(status).toBe(200);
  expect(text).toContain('<h1>What to search for</h1>');
  expect(text).not.toContain('Nothing has');
});

test('a record that does not exist is 404, also without a feed', async () => {
  const { get } = await served(db, withoutFeed);
  expect((await get('/record/news/item-1')).status).toBe(200);
  for (const path of ['/record/news/nothing', '/record/foo/bar']) {
    const { status, text } = await get(path);
    expect({ path, status }).toEqual({ path, status: 404 });
    expect(text).not.toContain('no dataset');
  }
  expect((await get('/record/x?resource=Nothing')).text).toContain('There is no dataset Nothing.');
});
