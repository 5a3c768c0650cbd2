import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import axe from 'axe-core';
import { findOrInstallChromium } from '../../scripts/lib/find-chromium.mjs';
import { atTestEnd } from './clean-up.ts';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const ROOT = resolve(import.meta.dirname, '../..');

/** A page of a browser, and everything that must not happen in it. */
export type Visit = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Messages of the console that are errors: violations of the policy are among them. */
  readonly errors: string[];
  /** Addresses of other origins that were requested. */
  readonly foreign: string[];
};

/** Finds the program; prints why, if tests cannot run with it. */
export async function chromiumPath(): Promise<string | undefined> {
  const found = await findOrInstallChromium({ logFile: join(ROOT, '.local/apt.log'), log });
  if (found === undefined)
    log('SKIPPED: the tests of the dashboard need Chromium (apt-get install chromium)');
  return found;
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}

/** Opens a page that records what goes wrong in it. */
export async function visit(
  browser: Browser,
  origin: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: 1200, height: 900 },
    locale: 'en-US',
    timezoneId: 'America/Chicago',
    ...options,
  });
  atTestEnd(() => context.close());
  const page = await context.newPage();
  const [errors, foreign]: string[][] = [[], []];
  page.on('console', (message) => void (message.type() === 'error' && errors!.push(message.text())));
  page.on('pageerror', (error) => void errors!.push(String(error)));
  page.on('dialog', (dialog) => {
    errors!.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:'))
      foreign!.push(request.url());
  });
  return { page, context, errors: errors!, foreign: foreign! };
}

/** What keeps people with disabilities from using the page: https://github.com/dequelabs/axe-core. */
export async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    const { violations } = await checker.run();
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join('; ')}`,
    );
  });
}

/** Keeps a picture of the page, if TRESTLE_SCREENSHOTS names a folder. */
export async function screenshot(page: Page, name: string, fullPage = true): Promise<void> {
  const folder = process.env['TRESTLE_SCREENSHOTS'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage });
}
