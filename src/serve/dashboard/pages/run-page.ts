import { formatSize } from '../../../lib/size.ts';
import type { ResourceUsage } from '../../../record/api-usage.ts';
import type { RunLines } from '../../../model/run-lines.ts';
import { parseRunDetail, type ResourceDetail } from '../../../record/run-detail.ts';
import type { LoggedRun } from '../../../record/run-log.ts';
import { formatCount, formatSqlTime, roundDuration } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { Page } from '../layout.ts';
import { sourceAddress } from '../link.ts';
import { renderBadge } from '../parts/badge.ts';
import { renderFacts } from '../parts/facts.ts';
import { measureRun } from '../parts/runs-table.ts';
import { renderLog } from '../parts/log-lines.ts';
import { renderTable, type TableColumn } from '../parts/table.ts';
import { hideQuoted } from '../public-values.ts';

export type RunDetails = {
  readonly run: LoggedRun;
  readonly calls: readonly ResourceUsage[];
  /** What it logged; undefined if this user cannot read LOG_DIR. */
  readonly log: RunLines | undefined;
  /** LOG_DIR. */
  readonly logDir: string;
};

/** One run: what it counted, what it requested, what it logged, and how it ended. */
export function renderRun({ run, calls, log, logDir }: RunDetails, now: number): Page {
  const took = roundDuration(measureRun(run, now));
  const isActive = run.status === 'running';
  return {
    title: `run ${run.id}`,
    level: run.status === 'failed' ? 'bad' : run.status === 'partial' ? 'warn' : isActive ? 'new' : 'ok',
    ...(isActive ? { isLive: true } : {}),
    content: html`<div class="headline">
        <h1>Run ${run.id}: ${run.mode}</h1>
        <ul class="facts">
          <li>${renderBadge(run.status)}</li>
          <li>started ${formatSqlTime(run.sync_start)}</li>
          <li>${isActive ? `has run for ${took}` : `took ${took}`}</li>
        </ul>
        ${run.error_message === null ? '' : html`<p class="note ${run.status === 'failed' ? 'bad' : 'warn'}">${hideQuoted(run.error_message)}</p>`}
      </div>
      ${renderFacts([
        ['Source', html`<a href="${sourceAddress(run.source)}">${run.source}</a>`],
        ['Records', formatSum(run)],
        ['Deleted', formatCount(run.records_deleted)],
        ['Field issues', formatCount(run.field_issues)],
        ['Pages', formatCount(run.pages)],
        ['Requests', formatCount(run.api_calls_made)],
        ['Checkpoint', html`${run.watermark_before ?? 'none'} → ${run.watermark_after ?? 'none'}`],
        ['Ended', formatSqlTime(run.sync_end)],
        ['Version', run.version],
      ])}
      <h2>Datasets</h2>
      ${renderDetail(run.detail)}
      <h2>Requests</h2>
      ${renderCalls(calls)}
      <h2>Log</h2>
      ${renderLog(run.id, log, logDir)}`,
  };
}

/** The counts add up: what was processed became one of the others. */
function formatSum(run: LoggedRun): string {
  const parts = [
    [run.records_inserted, 'inserted'],
    [run.records_updated, 'updated'],
    [run.records_unchanged, 'unchanged'],
    [run.records_rejected, 'rejected'],
    [run.records_older, 'older'],
  ] as const;
  const sum = parts.map(([count, name]) => `${formatCount(count)} ${name}`).join(' + ');
  return `${formatCount(run.records_processed)} processed = ${sum}`;
}

function renderDetail(text: string | null): Html {
  const details = Object.entries(parseRunDetail(text) ?? {});
  return renderTable<[string, ResourceDetail]>(
    'Datasets of the run',
    [
      { head: 'Dataset', cell: ([name]) => name },
      numberColumn('Processed', (each) => each.processed),
      numberColumn('Inserted', (each) => each.inserted),
      numberColumn('Updated', (each) => each.updated),
      numberColumn('Unchanged', (each) => each.unchanged),
      numberColumn('Rejected', (each) => each.rejected),
      numberColumn('Deleted', (each) => each.deleted),
      numberColumn('Pages', (each) => each.pages),
      numberColumn('Remaining', (each) => each.remaining),
      { head: 'Checkpoint after', cell: ([, each]) => each.watermarkAfter ?? '–' },
      { head: 'Skipped', kind: 'text', cell: ([, each]) => each.skipped ?? '' },
    ],
    details,
    'No datasets.',
  );
}

function numberColumn(
  head: string,
  read: (each: ResourceDetail) => number | undefined,
): TableColumn<[string, ResourceDetail]> {
  return { head, kind: 'number', cell: ([, each]) => formatCount(read(each)) };
}

function renderCalls(calls: readonly ResourceUsage[]): Html {
  return renderTable<ResourceUsage>(
    'Requests of the run',
    [
      { head: 'Dataset', cell: ({ resource }) => (resource === '' ? 'sign-in' : resource) },
      { head: 'Kind', cell: ({ kind }) => kind },
      { head: 'Requests', kind: 'number', cell: (each) => formatCount(each.calls) },
      { head: 'Failed', kind: 'number', cell: ({ failed }) => formatCount(failed) },
      { head: 'Received', kind: 'number', cell: ({ bytes }) => formatSize(bytes) },
      { head: 'Waited', kind: 'number', cell: ({ ms }) => roundDuration(ms) },
    ],
    calls,
    'No requests.',
  );
}
