import type { ReleaseReport } from '../../../report/release-report.ts';
import { formatCount, formatTime } from '../format.ts';
import { type Html, html } from '../html.ts';
import { sourceAddress } from '../link.ts';
import { renderTable } from './table.ts';

/** The published releases of counties, and what came after them. */
export function renderReleases(releases: readonly ReleaseReport[]): Html {
  return renderTable<ReleaseReport>(
    'County releases',
    [
      { head: 'Source', cell: ({ source }) => html`<a href="${sourceAddress(source)}">${source}</a>` },
      { head: 'Release', kind: 'number', cell: ({ published }) => published?.id ?? 'none' },
      { head: 'Tax years', cell: ({ published }) => published?.years.join(', ') ?? '–' },
      { head: 'Published', cell: ({ published }) => formatInstant(published?.at) },
      {
        head: 'Rows',
        kind: 'number',
        cell: ({ published }) => formatCount(published?.tables.reduce((all, { rows }) => all + rows, 0)),
      },
      { head: 'Rejects', kind: 'number', cell: ({ published }) => formatCount(published?.rejects) },
      { head: 'Checked', cell: ({ checkedAt }) => formatInstant(checkedAt) },
      { head: 'Next import', kind: 'text', cell: describeNewer },
    ],
    releases,
  );
}

function describeNewer({ newer }: ReleaseReport): string {
  if (newer === null) return '–';
  const message = newer.message === null ? '' : `: ${newer.message}`;
  return `${newer.id}, ${newer.state}, ${formatCount(newer.lines)} lines${message}`;
}

function formatInstant(iso: string | null | undefined): Html | string {
  return iso === null || iso === undefined ? '–' : formatTime(Date.parse(iso));
}
