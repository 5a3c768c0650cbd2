import { formatDuration } from '../../lib/duration.ts';
import { formatInteger } from '../../lib/number.ts';
import { formatTable } from '../../lib/table.ts';
import type { ReleaseReport } from '../../report/release-report.ts';

/** Formats the releases of county files for people, and below them the imports that were not published. @param now milliseconds. */
export function formatReleases(releases: readonly ReleaseReport[], now: number): string[] {
  const rows = releases.map(({ source, published, checkedAt, dueAt }) => [
    source,
    published === null ? 'none' : String(published.id),
    published?.years.join(', ') ?? '',
    published === null ? '' : formatInteger(sumRows(published.tables)),
    published === null ? 'not yet' : `${formatDuration(published.ageSeconds * 1000)} ago`,
    checkedAt === null ? 'never' : `${formatDuration(Math.max(0, now - Date.parse(checkedAt)))} ago`,
    dueAt === null ? 'next sync' : `in ${formatDuration(Date.parse(dueAt) - now)}`,
    published === null ? '' : formatInteger(published.rejects),
  ]);
  const head = ['source', 'release', 'tax year', 'rows', 'published', 'checked', 'due', 'rejects'];
  return [...formatTable([head, ...rows], new Set([1, 3, 7])), ...releases.flatMap(describeNewer)];
}

function sumRows(tables: readonly { readonly rows: number }[]): number {
  return tables.reduce((sum, { rows }) => sum + rows, 0);
}

/** What became of the import after the published one. */
function describeNewer({ source, newer }: ReleaseReport): string[] {
  if (newer === null) return [];
  const { id, state, lines, message } = newer;
  const head = `${source}: import ${id}`;
  switch (state) {
    case 'refused':
      return [`${head} was refused: ${message ?? 'its checks failed'} (trestle-etl releases ${source})`];
    case 'rolled-back':
      return [`${head} was rolled back, and is not loaded again until the publisher changes it`];
    case 'loading':
      return [
        `${head} is not complete: ${formatInteger(lines)} lines are stored; unless it is running, the next run resumes it`,
      ];
    case 'ready':
      return [`${head} is complete and not published: trestle-etl sync ${source} publishes it`];
    case 'published':
    case 'kept':
    case 'dropped':
      return [];
  }
}
