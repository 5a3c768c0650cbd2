import type { SourceReport } from '../../../report/source-report.ts';
import { formatCount, formatTime } from '../format.ts';
import { type Html, html } from '../html.ts';
import { sourceAddress } from '../link.ts';
import { renderBadge } from './badge.ts';
import { renderTable } from './table.ts';

/** All configured sources. */
export function renderSources(sources: readonly SourceReport[]): Html {
  return renderTable<SourceReport>(
    'Sources',
    [
      { head: 'Source', cell: ({ source }) => html`<a href="${sourceAddress(source)}">${source}</a>` },
      { head: 'Type', cell: ({ type }) => type ?? '–' },
      { head: 'State', cell: ({ state }) => renderBadge(state) },
      { head: 'Last success', cell: ({ succeededAt }) => formatInstant(succeededAt, 'never') },
      { head: 'Next due', cell: ({ dueAt }) => formatInstant(dueAt, '–') },
      { head: 'Items', kind: 'number', cell: ({ items }) => (items === null ? '' : formatCount(items)) },
      {
        head: 'Unmapped',
        kind: 'number',
        cell: ({ unmapped }) => (unmapped === null ? '' : formatCount(unmapped)),
      },
      { head: 'Notes', kind: 'text', cell: ({ notes }) => notes.join('; ') },
    ],
    sources,
    'No source is configured.',
  );
}

function formatInstant(iso: string | null, none: string): Html | string {
  return iso === null ? none : formatTime(Date.parse(iso));
}
