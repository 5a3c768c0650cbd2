import type { StaleLimits } from '../../../report/stale-items.ts';
import type { Overview } from '../../../report/overview.ts';
import { assessState } from '../assess-state.ts';
import { roundDuration } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { Page } from '../layout.ts';
import { renderDatasets } from '../parts/datasets-table.ts';
import { renderHeadline } from '../parts/headline.ts';
import { renderQuarantine } from '../parts/quarantine-table.ts';
import { renderReleases } from '../parts/releases-table.ts';
import { renderRuns } from '../parts/runs-table.ts';
import { renderSources } from '../parts/sources-table.ts';
import { renderTiles } from '../parts/tiles.ts';
import { renderCalls } from '../plots/calls.ts';
import { renderLag } from '../plots/lag.ts';
import { renderRecords } from '../plots/records.ts';
import { renderRunBars } from '../plots/runs.ts';

export type OverviewOptions = {
  /** Milliseconds after which the feed's data are stale. */
  readonly maxAge: number;
  readonly sources: StaleLimits['sources'];
  readonly now: number;
  /** The database does not answer: what is shown is known from before. */
  readonly isDown?: true;
};

/** The first page: the state, how it became so, and where to look next. */
export function renderOverview(overview: Overview, options: OverviewOptions): Page {
  const { maxAge, isDown } = options;
  // What is known from before is shown as it was then.
  const now = isDown === true ? Date.parse(overview.status.at) : options.now;
  const state = assessState(overview, options, now);
  return {
    title: isDown === true ? '× database down' : `${SIGNS[state.level]} ${state.name}`,
    level: isDown === true ? 'bad' : state.level,
    isLive: true,
    content: html`${isDown === true ? renderDown(overview, options.now) : renderHeadline(state, overview, now)}
    ${
      overview.hasTables
        ? renderDetails(overview, maxAge, now)
        : html`<h2 id="sources">Sources</h2>
            ${renderSources(overview.sources)}`
    }`,
  };
}

/** Runs that are shown at once; the others can be opened. */
const MAX_RUNS = 15;

const SIGNS = { ok: '●', warn: '!', bad: '×', new: '○' } as const;

function renderDown({ status }: Overview, now: number): Html {
  return html`<div class="headline">
    <h1 class="bad"><span class="dot" aria-hidden="true"></span><span>The database does not answer</span></h1>
    <p class="note">
      The last known state, ${roundDuration(now - Date.parse(status.at))} old. This page retries every 30
      seconds.
    </p>
    <p class="note">Next: <code class="command">trestle-etl doctor</code></p>
  </div>`;
}

function renderDetails(overview: Overview, maxAge: number, now: number): Html {
  const { status, feed, quarantined } = overview;
  return html`<h2 class="hidden">Figures</h2>
    ${renderTiles(overview, maxAge, now)}
    <h2>History</h2>
    <div class="plots">
      ${feed === null ? '' : renderLag(overview.lag, maxAge)} ${renderRunBars(status, now)}
      ${renderRecords(overview.days, now)} ${feed === null ? '' : renderCalls(overview, now)}
    </div>
    ${
      status.resources.length === 0
        ? ''
        : html`<h2 id="datasets">Datasets</h2>
            ${renderDatasets(overview)}`
    }
    <h2 id="sources">Sources</h2>
    ${renderSources(overview.sources)}
    ${
      status.releases === undefined
        ? ''
        : html`<h2 id="releases">County releases</h2>
            ${renderReleases(status.releases)}`
    }
    <h2 id="quarantine">Quarantine, last 10</h2>
    ${renderQuarantine(quarantined)}
    <h2 id="runs">Runs</h2>
    ${renderRuns(status.runs.slice(0, MAX_RUNS), now)}
    ${
      status.runs.length <= MAX_RUNS
        ? ''
        : html`<details class="more" id="earlier-runs">
            <summary>${status.runs.length - MAX_RUNS} earlier runs</summary>
            ${renderRuns(status.runs.slice(MAX_RUNS), now, 'Earlier runs')}
          </details>`
    }`;
}
