import { fromSqlDateTime } from '../../../lib/time.ts';
import type { Overview } from '../../../report/overview.ts';
import { firstLine, formatCount, formatSqlTime, roundDuration } from '../format.ts';
import { type Html, html } from '../html.ts';
import { renderBadge } from './badge.ts';
import { renderTable } from './table.ts';

export type Run = Omit<Overview['status']['runs'][number], 'detail'>;

/** Runs, the newest first. */
export function renderRuns(runs: readonly Run[], now: number, label = 'Runs'): Html {
  return renderTable<Run>(
    label,
    [
      { head: 'Run', kind: 'number', cell: ({ id }) => html`<a href="/runs/${id}">${id}</a>` },
      { head: 'Source', cell: ({ source }) => source },
      { head: 'Mode', cell: ({ mode }) => mode },
      { head: 'Started', cell: (run) => formatSqlTime(run.sync_start) },
      { head: 'Took', kind: 'number', cell: (run) => roundDuration(measureRun(run, now)) },
      { head: 'Status', cell: ({ status }) => renderBadge(status) },
      { head: 'Inserted', kind: 'number', cell: (run) => formatCount(run.records_inserted) },
      { head: 'Updated', kind: 'number', cell: (run) => formatCount(run.records_updated) },
      { head: 'Deleted', kind: 'number', cell: (run) => formatCount(run.records_deleted) },
      { head: 'Rejected', kind: 'number', cell: (run) => formatCount(run.records_rejected) },
      { head: 'Calls', kind: 'number', cell: (run) => formatCount(run.api_calls_made) },
      { head: 'Error', kind: 'text', cell: (run) => firstLine(run.error_message ?? '', 90) },
    ],
    runs,
    'No run has started.',
  );
}

/** How long a run took, or has taken so far, in milliseconds. */
export function measureRun(
  { sync_start: start, sync_end: end }: Pick<Run, 'sync_start' | 'sync_end'>,
  now: number,
): number {
  return Math.max(0, (end === null ? now : fromSqlDateTime(end)) - fromSqlDateTime(start));
}
