import type { Overview } from '../../../report/overview.ts';
import { formatAgo, formatCount } from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import { renderBadge } from './badge.ts';
import { renderTable } from './table.ts';

type Dataset = Overview['status']['resources'][number];

/** The datasets of the feed, with the counts of both sides. */
export function renderDatasets({ status, parity }: Overview): Html {
  const upstream = new Map(parity.map((each) => [each.resource, each]));
  return renderTable<Dataset>(
    'Datasets',
    [
      { head: 'Dataset', cell: ({ resource }) => resource },
      { head: 'State', cell: describeState },
      { head: 'Rows', kind: 'number', cell: ({ rows }) => formatCount(rows) },
      {
        head: 'Upstream',
        kind: 'number',
        cell: ({ resource }) => {
          const count = upstream.get(resource);
          if (count === undefined) return html`<span class="quiet">not counted</span>`;
          const { here, upstream: sent, differing = 0 } = count;
          if (here === sent && differing === 0) return formatCount(sent);
          const detail =
            here === sent ? `${formatCount(differing)} differ` : `${formatCount(here)} stored at that time`;
          return html`<span class="warn">${formatCount(sent)} (${detail})</span>`;
        },
      },
      { head: 'Newest', cell: ({ watermark }) => watermark?.slice(0, 19).replace('T', ' ') ?? '–' },
      { head: 'Media due', kind: 'number', cell: ({ due }) => (due === undefined ? '' : formatCount(due)) },
      { head: 'Quarantined', kind: 'number', cell: ({ quarantined }) => formatCount(quarantined) },
      { head: 'Field issues', kind: 'number', cell: ({ fieldIssues }) => formatCount(fieldIssues) },
    ],
    status.resources,
  );
}

function describeState({ ageSeconds, skipped, fullLoadAt, activeSince }: Dataset): Content {
  if (skipped !== undefined) return renderBadge('skipped', `skipped: ${skipped}`);
  if (ageSeconds !== null) {
    const loading = fullLoadAt === null ? '' : ', a full-load is in progress';
    return renderBadge('ok', `in step ${formatAgo(ageSeconds * 1000)}${loading}`);
  }
  return renderBadge(
    'new',
    activeSince === null ? 'not complete' : 'active listings are loaded, the rest follows',
  );
}
