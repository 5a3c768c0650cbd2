import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, findBarriers, launchChromium, screenshot, visit } from '../helpers/chromium.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { addFiles, addRuns } from '../helpers/dashboard-data.ts';
import { type FreshDatabase, freshDatabase } from '../helpers/database.ts';
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
      LOG_DIR: join(folder, 'logs'),
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
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(
      /^In step (?:< 1|\d+) s ago$/,
    );
    await expect.poll(() => page.locator('.uplot canvas').count()).toBe(3);
    const tiles = await page.locator('.tile').allInnerTexts();
    expect(tiles.map((text) => text.replaceAll(/\s+/g, ' '))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Parity 60 = 60 /),
        expect.stringMatching(/^Quarantined 2 /),
      ]),
    );
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'dashboard', false);
    await screenshot(page, 'overview');

    await page.locator('#runs + .scroll tbody a').nth(2).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(/^Run \d+: full-load/);
    expect(await page.locator('dd').allTextContents()).toContainEqual(
      expect.stringMatching(/^\d+ processed = \d+ inserted/),
    );
    expect(await page.getByRole('region', { name: 'Log lines of the run' }).textContent()).toMatch(
      /run started[^]*run ended/,
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
    // Photos are loaded when they are near.
    const readWidths = (): Promise<number[]> =>
      page
        .locator('.photos img')
        .evaluateAll((all) => all.map((each) => (each as unknown as { naturalWidth: number }).naturalWidth));
    expect((await readWidths()).length).toBeGreaterThan(2);
    await expect.poll(async () => [...new Set(await readWidths())], { timeout: 15_000 }).toEqual([320]);
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'dashboard-listing', false);
    expect({ errors, foreign }).toEqual({ errors: [], foreign: [] });
  });

  test('shows stored markup as text, wherever it is stored', async () => {
    const { url } = await served(db, env);
    const { page, errors, foreign } = await visit(browser, url);
    const [run] = await db.query<{ id: string }>(
      "SELECT id FROM etl_sync_log WHERE status = 'failed' LIMIT 1",
    );
    const [loaded] = await db.query<{ id: string; at: string }>(
      "SELECT id, sync_start AS at FROM etl_sync_log WHERE mode = 'full-load' AND status = 'success' ORDER BY id DESC LIMIT 1",
    );
    const line = {
      level: MARKUP,
      time: `${loaded!.at.replace(' ', 'T')}Z`,
      run: Number(loaded!.id),
      msg: MARKUP,
    };
    writeFileSync(
      join(env['LOG_DIR']!, 'etl_main.2026-01-01.1.log'),
      `${JSON.stringify({ ...line, [MARKUP]: MARKUP })}\n`,
    );
    const failures = await db.query<{ id: string; message: string }>(
      "SELECT id, error_message AS message FROM etl_sync_log WHERE status = 'failed'",
    );
    const files = await db.query<{ id: string; message: string }>(
      'SELECT media_key AS id, message FROM media_file WHERE message IS NOT NULL',
    );
    await db.query("UPDATE etl_sync_log SET error_message = ? WHERE status = 'failed'", [MARKUP]);
    await db.query('UPDATE media_file SET message = ? WHERE message IS NOT NULL', [MARKUP]);
    await db.query('UPDATE properties SET unparsed_address = ?, city = ? WHERE listing_key = ?', [
      `12 ${MARKUP}`,
      MARKUP.slice(0, 40),
      listing.key,
    ]);
    await db.query(
      'INSERT INTO etl_quarantine (resource, record_key, reasons, raw, first_seen, last_seen, times_seen, run_id) ' +
        "VALUES ('Property', ?, ?, '{}', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), 1, 1)",
      [MARKUP, JSON.stringify([{ field: MARKUP, rule: 'is', value: MARKUP }])],
    );
    const query = encodeURIComponent(MARKUP);
    for (const path of [
      '/',
      `/runs/${run!.id}`,
      `/runs/${loaded!.id}`,
      `/record/${listing.key}`,
      `/record/${query}`,
      `/record/${encodeURIComponent('news/item-3')}`,
      `/record/${encodeURIComponent(`news/${MARKUP}`)}`,
      '/sources/news',
      `/search?q=${query}`,
      '/search?q=item-3',
    ]) {
      await page.goto(path);
      expect({ path, text: await page.locator('main').textContent() }).toEqual({
        path,
        text: expect.stringContaining('<img src=x'),
      });
      const elements = page.locator(
        'main script:not([type="application/json"]), img[src="x"], a[href^="javascript"], [onerror]',
      );
      expect({ path, elements: await elements.count() }).toEqual({ path, elements: 0 });
    }
    // The browser reports pages that are not found.
    expect(errors.filter((text) => !text.includes('404'))).toEqual([]);
    expect(foreign).toEqual([]);
    for (const { id, message } of failures)
      await db.query('UPDATE etl_sync_log SET error_message = ? WHERE id = ?', [message, id]);
    for (const { id, message } of files)
      await db.query('UPDATE media_file SET message = ? WHERE media_key = ?', [message, id]);
    await db.query('DELETE FROM etl_quarantine WHERE record_key = ?', [MARKUP]);
    await db.query('UPDATE properties SET unparsed_address = ?, city = NULL WHERE listing_key = ?', [
      listing.address,
      listing.key,
    ]);
  });

  test('fits a phone, in the dark', async () => {
    const { url } = await served(db, env);
    const { page, errors } = await visit(browser, url, {
      colorScheme: 'dark',
      viewport: { width: 400, height: 800 },
    });
    for (const path of ['/', `/record/${listing.key}`, `/runs/1`, '/search?q=none']) {
      await page.goto(path);
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect({ path, width }).toEqual({ path, width: 400 });
      if (path === '/' || path.startsWith('/search')) expect(await findBarriers(page)).toEqual([]);
    }
    await page.goto('/');
    await expect.poll(() => page.locator('.uplot canvas').count()).toBe(3);
    await screenshot(page, 'dashboard-narrow', false);
    await screenshot(page, 'narrow-dark');
    await page.setViewportSize({ width: 1200, height: 900 });
    await page.reload();
    await expect.poll(() => page.locator('.uplot canvas').count()).toBe(3);
    await screenshot(page, 'dark', false);
    expect(errors).toEqual([]);
  });

  test('is complete without scripts', async () => {
    const { url } = await served(db, env);
    const { page } = await visit(browser, url, { javaScriptEnabled: false });
    await page.goto('/');
    expect(
      await page
        .locator('figure > svg')
        .evaluateAll((all) => all.filter((each) => each.clientHeight > 50).length),
    ).toBe(4);
    await page.getByText('Records a day as a table').click();
    expect(await page.getByRole('region', { name: 'Records by day' }).isVisible()).toBe(true);
    await page.getByRole('searchbox').fill(listing.id);
    await page.getByRole('button', { name: 'Search' }).click();
    expect(await page.getByRole('link', { name: listing.key }).getAttribute('href')).toBe(
      `/record/${listing.key}`,
    );
    await screenshot(page, 'without-scripts');
  });

  test('shows local times, and fresh content while it is visible', async () => {
    const { url } = await served(db, env);
    const { page, errors } = await visit(browser, url);
    await page.clock.install();
    await page.goto('/');
    const began = page.locator('#runs + .scroll time').first();
    const utc = (await began.textContent())!.trim();
    await page.getByRole('button', { name: 'Show local times' }).click();
    const local = (await began.textContent())!.trim();
    expect(Date.parse(`${utc.replace(' ', 'T')}Z`) - Date.parse(`${local.replace(' ', 'T')}Z`)).toBe(
      6 * 3_600_000,
    );
    const hide = (isHidden: boolean): Promise<unknown> =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true })`);
    const requests: string[] = [];
    page.on('request', (request) => void requests.push(request.url()));
    await hide(true);
    await page.clock.runFor(65_000);
    expect(requests).toEqual([]);
    await db.query(
      "INSERT INTO etl_sync_log (source, mode, status, sync_start, host, pid, version, updated_at) VALUES ('trestle', 'sync', 'running', UTC_TIMESTAMP(3), 'h', 1, '1', UTC_TIMESTAMP(3))",
    );
    await hide(false);
    // What is shown may be five seconds old.
    await expect
      .poll(
        async () => {
          await page.clock.runFor(31_000);
          return page.locator('.facts').textContent();
        },
        { timeout: 15_000, interval: 1000 },
      )
      .toMatch(/has run for/);
    expect(await began.textContent()).not.toContain(utc.slice(0, 13));
    expect(requests.every((address) => address === `${url}/`)).toBe(true);
    expect(errors).toEqual([]);
    await db.query("DELETE FROM etl_sync_log WHERE status = 'running'");
  });

  test('keeps its content, and shows why, while it is refused or the server is down', async () => {
    const { url, stop } = await served(db, { ...env, SERVE_RATE_LIMIT: '2' });
    const { page } = await visit(browser, url);
    await page.clock.install();
    await page.goto('/');
    const expectNote = (note: string): Promise<void> =>
      expect
        .poll(
          async () => {
            await page.clock.runFor(31_000);
            return page.locator('#refreshed').textContent();
          },
          { timeout: 15_000 },
        )
        .toBe(note);
    await expectNote('Not up to date: too many requests');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(/^In step/);
    const other = await visit(browser, url);
    expect((await other.page.goto('/'))?.status()).toBe(429);
    expect(await other.page.getByRole('heading', { level: 1 }).textContent()).toBe('Too many requests');
    await stop();
    await expectNote('Not up to date: the server does not respond');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(/^In step/);
  });

  test('stays up while the database is stopped, also after a restart', async () => {
    const first = await served(db, env);
    const { page } = await visit(browser, first.url);
    await page.goto('/');
    await gate.close();
    await first.stop();
    const { url } = await served(db, env);
    const again = await visit(browser, url);
    const answer = await again.page.goto('/');
    expect(answer?.status()).toBe(503);
    expect(await again.page.title()).toBe('× database down · trestle-etl');
    expect(await again.page.getByRole('heading', { level: 1 }).innerText()).toBe(
      'The database does not answer',
    );
    expect(await again.page.getByRole('region', { name: 'Datasets' }).innerText()).toContain('Property');
    expect(await findBarriers(again.page)).toEqual([]);
    await screenshot(again.page, 'database-down', false);
    expect((await again.page.goto(`/record/${listing.key}`))?.status()).toBe(503);
    await gate.open();
    await expect.poll(async () => (await again.page.goto('/'))?.status(), { timeout: 15_000 }).toBe(200);
    expect(await again.page.title()).toMatch(/in step/);
  });

  test('has a page for a database without tables, and for a first load', async () => {
    const empty = await freshDatabase();
    const { url } = await served(empty);
    const { page, errors } = await visit(browser, url);
    await page.goto('/');
    expect(await page.locator('.headline').innerText()).toMatch(/No tables yet[^]*trestle-etl full-load/);
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'empty', false);
    const loading = await migratedDatabase();
    await loading.query(
      "INSERT INTO etl_sync_log (source, mode, status, sync_start, records_processed, detail, host, pid, version, updated_at) VALUES ('trestle', 'full-load', 'running', ?, 24000, ?, 'h', 1, '1', UTC_TIMESTAMP(3))",
      [
        new Date(Date.now() - 120_000).toISOString().replace('T', ' ').replace('Z', ''),
        JSON.stringify({ Property: { remaining: 48_000 }, Media: { remaining: 0 } }),
      ],
    );
    const second = await served(loading);
    const other = await visit(browser, second.url);
    await other.page.goto('/');
    expect(await other.page.locator('.headline').innerText()).toMatch(
      /The first load is in progress[^]*24,000 records, 1\d,\d{3} a minute; 48,000 of Property remain, about 4 min/,
    );
    await screenshot(other.page, 'first-load', false);
    expect([...errors, ...other.errors]).toEqual([]);
  });
});
