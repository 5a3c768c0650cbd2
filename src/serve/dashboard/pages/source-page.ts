import type { StoredItemRow } from '../../../record/item.ts';
import type { LoggedRun } from '../../../record/run-log.ts';
import type { SourceReport } from '../../../report/source-report.ts';
import type { SourceSettings } from '../../../report/source-settings.ts';
import { firstLine, formatCount, formatSqlTime, formatTime } from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import type { Page } from '../layout.ts';
import { itemAddress, linkOut } from '../link.ts';
import { renderBadge } from '../parts/badge.ts';
import { renderCommand, renderFacts } from '../parts/facts.ts';
import { renderRuns } from '../parts/runs-table.ts';
import { renderTable } from '../parts/table.ts';

export type SourceDetails = {
  readonly report: SourceReport;
  readonly settings: SourceSettings;
  /** The last ones, the newest first. */
  readonly runs: readonly LoggedRun[];
  /** The last items that changed. */
  readonly items: readonly StoredItemRow[];
};

/** One source: its state, its runs, and its newest items. */
export function renderSource({ report, settings, runs, items }: SourceDetails, now: number): Page {
  const { source, state, notes } = report;
  const level = ['failing', 'gone', 'wrong'].includes(state)
    ? 'bad'
    : state === 'new'
      ? 'new'
      : state === 'paused'
        ? 'warn'
        : 'ok';
  return {
    title: source,
    level,
    content: html`<div class="headline">
        <h1>${source}</h1>
        <ul class="facts">
          <li>${renderBadge(state)}</li>
          <li>${report.type ?? 'unknown type'}</li>
        </ul>
        ${notes.map((note) => html`<p class="note">${note}</p>`)}
      </div>
      ${renderFacts(listFacts(report))}
      ${
        report.items === null
          ? ''
          : html`<h2>Items that changed last</h2>
              ${renderItems(source, items)}`
      }
      <h2>Runs, last ${runs.length}</h2>
      ${renderRuns(runs, now)}
      <h2>Settings</h2>
      ${renderSettings(settings)}`,
  };
}

function listFacts(report: SourceReport): [string, Content][] {
  return [
    ['Last success', formatInstant(report.succeededAt) ?? 'never'],
    ['Next due', formatInstant(report.dueAt)],
    ['Paused until', formatInstant(report.pausedUntil)],
    ['Checkpoint', report.checkpoint],
    ['Items', report.items === null ? null : formatCount(report.items)],
    ['Deleted', report.deleted === null ? null : formatCount(report.deleted)],
    ['Not mapped', report.unmapped === null ? null : formatCount(report.unmapped)],
    ['Failures in a row', report.failures === null ? null : formatCount(report.failures)],
    ['Read it now', renderCommand(`trestle-etl sync ${report.source}`)],
  ];
}

/** Secrets are hidden, or are references to variables. */
function renderSettings({ entry, facts }: SourceSettings): Html {
  if (entry === undefined) return renderFacts(facts);
  return html`<pre class="card" role="region" aria-label="Entry in sources.yaml" tabindex="0">${entry}</pre>`;
}

function renderItems(source: string, items: readonly StoredItemRow[]): Html {
  return renderTable<StoredItemRow>(
    'Items',
    [
      {
        head: 'Id',
        cell: ({ external_id: id }) =>
          html`<a href="${itemAddress(source, String(id))}">${firstLine(String(id), 40)}</a>`,
      },
      {
        head: 'Title',
        kind: 'text',
        cell: ({ title, url }) => (url == null ? title : linkOut(String(url), title)),
      },
      { head: 'Category', cell: ({ category }) => category },
      { head: 'Amount', kind: 'number', cell: ({ amount }) => amount },
      { head: 'Published', cell: ({ published_at: at }) => formatSqlTime(at as string | null) },
      { head: 'Changed', cell: ({ updated_at: at }) => formatSqlTime(at as string | null) },
    ],
    items,
    'No item yet.',
  );
}

function formatInstant(iso: string | null): Html | null {
  return iso === null ? null : formatTime(Date.parse(iso));
}
