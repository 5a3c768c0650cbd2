import type { AssetAddress } from './assets.ts';
import { type Content, type Html, html, loadScript } from './html.ts';
import type { Level } from './state.ts';

export type Page = {
  /** The first words of the title. */
  readonly title: string;
  readonly level: Level;
  readonly content: Content;
  /** Whether the browser loads it again while it is visible. */
  readonly isLive?: true;
  /** What was searched for. */
  readonly search?: string;
};

export type Frame = {
  readonly address: AssetAddress;
  readonly version: string;
};

/** Writes a whole page. */
export function renderPage({ title, level, content, isLive, search = '' }: Page, frame: Frame): Html {
  const { address, version } = frame;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · trestle-etl</title>
        <link rel="icon" type="image/svg+xml" href="${address(`${level}.svg`)}" />
        <link rel="stylesheet" href="${address('uPlot.min.css')}" />
        <link rel="stylesheet" href="${address('dashboard.css')}" />
        ${loadScript(address('uPlot.iife.min.js'), 'defer')} ${loadScript(address('main.js'), 'module')}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
          <a class="brand" href="/">trestle-etl</a>
          <form role="search" action="/search" method="get">
            <label class="hidden" for="q">Key or address of a record</label>
            <input
              id="q"
              name="q"
              type="search"
              value="${search}"
              placeholder="Key or address"
              autocomplete="off"
              required
              maxlength="200"
            />
            <button type="submit">Search</button>
          </form>
          <div class="zone">
            <span id="zone-name">Times are UTC</span
            ><button id="zone" type="button" hidden>Show local times</button>
          </div>
        </header>
        <main id="main" tabindex="-1" ${isLive === true ? html`data-live="30"` : ''}>${content}</main>
        <footer>
          <span>trestle-etl ${version}</span>
          <a href="/docs">API</a>
          <span id="refreshed" role="status"></span>
        </footer>
      </body>
    </html> `;
}
