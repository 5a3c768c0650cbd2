import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, findBarriers, launchChromium, screenshot, visit } from '../helpers/chromium.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { addFiles, addRuns } from '../helpers/dashboard-data.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { MARKUP } from '../helpers/markup.ts';
import { sandboxFor, temporaryFolder } from '../helpers/pipeline.ts';
import { served } from '../helpers/serve.ts';
import { addItems } from '../helpers/stored-items.ts';
import { type TcpGate, tcpGate } from '../helpers/tcp-gate.ts';
import { migratedDatabase } from '../helpers/template.ts';

const program = await chromiumPath();

describe.skipIf(program === undefined)('the dashboard in Chromium', () => {
  let browser: Browser;
  let db: FreshDatabase;
  let gate: TcpGate;
  let env: Record<string, string>;
  let listing: { key: string; id: string; address: string };

  beforeAll(async () => {
    browser = await launchChromium(program!);
    const sandbox = await sandboxFor({ listings: 60, mediaPerListing: 4 });
    db = await migratedDatabase();
    const folder = configured(sandbox, db);
    await addRuns(db, Date.now());
    expect(await trestle(folder, ['full-load'])).toMatchObject({ code: 0 });
    sandbox.feed.corrupt(2);
    await trestle(folder, ['sync']);
    expect(await trestle(folder, ['reconcile'])).toMatchObject({ stderr: '' });
    await addItems(db, 3, (nth) => (nth === 3 ? { title: MARKUP, url: 'javascript:alert(1)' } : {}));
    const [row] = await db.query<{ key: string; id: string; address: string }>(
      'SELECT p.listing_key AS `key`, p.listing_id AS id, p.unparsed_address AS address FROM properties p ' +
        'JOIN media m ON m.resource_record_key = p.listing_key WHERE p.unparsed_address IS NOT NULL ' +
        'GROUP BY 1, 2, 3 HAVING COUNT(*) > 4 ORDER BY 1 LIMIT 1',
    );
    listing = row!;
    await db.query(
      'UPDATE properties SET internet_address_display_yn = 1, internet_entire_listing_display_yn = 1',
    );
    const media = temporaryFolder();
    await addFiles(db, media, listing.key);
    gate = await tcpGate(db.host, db.port);
    const home = temporaryFolder();
    writeFileSync(
      join(home, 'sources.yaml'),
      `sources:\n  news:\n    type: rss\n    url: http://127.0.0.1:9/feed.xml\n`,
    );
    env = {
      STATE_DIR: join(folder, 'state'),
      SOURCES_FILE: join(home, 'sources.yaml'),
      MEDIA_STORE: media,
      MYSQL_HOST: '127.0.0.1',
      MYSQL_PORT: String(gate.port),
      MYSQL_SOCKET: '',
    };
  });
  afterAll(() => browser?.close());

  test('shows the state, and leads to a run, a source, a listing and its photos', async () => {
    const { url } = await served(db, env);
    const { page, errors, foreign } = await visit(browser, url);
    const answer = await page.goto('/');
    expect(answer?.status()).toBe(200);
    expect(await page.title()).toMatch(/^● in step · trestle-etl$/);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(/^In step \d+ s ago$/);
    await expect.poll(() => page.locator('.uplot canvas').count()).toBe(3);
    const tiles = await page.locator('.tile').allInnerTexts();
    expect(tiles.map((text) => text.replaceAll(/\s+/g, ' '))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Parity 60 = 60 /),
        expect.stringMatching(/^Quarantined 2 /),
      ]),
    );
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'overview');

    await page.locator('#runs ~ .scroll tbody a').nth(2).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(/^Run \d+: full-load/);
    expect(await page.locator('dd').allTextContents()).toContainEqual(
      expect.stringMatching(/^\d+ processed = \d+ inserted/),
    );
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'run');

    await page.getByRole('link', { name: 'trestle', exact: true }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('trestle');
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'source');

    await page.getByRole('searchbox').fill(listing.address.slice(0, 12));
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: listing.key }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(`Listing ${listing.key}`);
    const widths = await page
      .locator('.photos img')
      .evaluateAll((all) => all.map((each) => (each as unknown as { naturalWidth: number }).naturalWidth));
    expect(widths.length).toBeGreaterThan(2);
    expect(new Set(widths)).toEqual(new Set([8]));
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'listing');
    expect({ errors, foreign }).toEqual({ errors: [], foreign: [] });
  });
});
