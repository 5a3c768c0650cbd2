import { fromSqlDateTime } from '../lib/time.ts';
import { listItemMetrics } from './list-item-metrics.ts';
import { listMediaMetrics } from './list-media-metrics.ts';
import type { Metric, Sample } from './metric.ts';
import type { LoggedRun } from '../record/run-log.ts';
import type { StatusReport } from './status-report.ts';

/** A report with the runs that metrics describe. */
export type MetricsReport = Omit<StatusReport, 'runs'> & {
  readonly runs: readonly Omit<LoggedRun, 'detail'>[];
};

/** Prometheus' text format: https://prometheus.io/docs/instrumenting/exposition_formats. @param now milliseconds. */
export function formatMetrics(status: MetricsReport, now: number): string {
  const feed = { database: status.database };
  const all = [
    ...listRunMetrics(status),
    ...listResourceMetrics(status, now),
    ...listReleaseMetrics(status),
    ...listItemMetrics(status),
    ...listMediaMetrics(status),
    ...listQuotaMetrics(status),
  ];
  return all
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, samples }) => {
      const lines = samples.map(
        ({ labels, value }) => `trestle_etl_${name}{${formatLabels({ ...feed, ...labels })}} ${value}`,
      );
      return `# HELP trestle_etl_${name} ${help}\n# TYPE trestle_etl_${name} gauge\n${lines.join('\n')}\n`;
    })
    .join('');
}

/** Runs of the feed have no label `source`, so that one failing source does not hide another. */
function listRunMetrics({ runs, releases = [], items = [] }: MetricsReport): Metric[] {
  const others = new Set([...releases, ...items].map(({ source }) => source));
  const labelsOf = ({ mode, source }: Run): Sample['labels'] =>
    others.has(source) ? { mode, source } : { mode };
  const ended = runs.filter((run) => run.sync_end !== null && run.status !== 'skipped');
  const kinds = [...new Set(ended.map(kindOf))];
  const newest = kinds.map((kind) => ended.find((run) => kindOf(run) === kind)!);
  const successful = kinds.flatMap(
    (kind) => ended.find((run) => kindOf(run) === kind && isSuccess(run.status)) ?? [],
  );
  const each = (of: (run: Run) => number): Sample[] =>
    newest.map((run) => ({ labels: labelsOf(run), value: of(run) }));
  return [
    { name: 'last_run_id', help: 'Id of the last run that ended.', samples: each((run) => run.id) },
    {
      name: 'last_run_success',
      help: '1 if the last run succeeded, even if it put records into quarantine.',
      samples: each((run) => (isSuccess(run.status) ? 1 : 0)),
    },
    {
      name: 'last_run_end_timestamp_seconds',
      help: 'When the last run ended.',
      samples: each((run) => toSeconds(run.sync_end!)),
    },
    {
      name: 'last_success_timestamp_seconds',
      help: 'When a run last succeeded.',
      samples: successful.map((run) => ({ labels: labelsOf(run), value: toSeconds(run.sync_end!) })),
    },
    {
      name: 'last_run_duration_seconds',
      help: 'How long the last run took.',
      samples: each((run) => Number((toSeconds(run.sync_end!) - toSeconds(run.sync_start)).toFixed(3))),
    },
    {
      name: 'last_run_api_calls',
      help: 'Calls of the last run.',
      samples: each((run) => run.api_calls_made),
    },
    {
      name: 'last_run_records',
      help: 'Records of the last run, by outcome.',
      samples: newest.flatMap((run) =>
        OUTCOMES.map((outcome) => ({
          labels: { ...labelsOf(run), outcome },
          value: run[`records_${outcome}`],
        })),
      ),
    },
  ];
}

type Run = MetricsReport['runs'][number];

function kindOf({ mode, source }: Run): string {
  return `${source} ${mode}`;
}

const OUTCOMES = ['inserted', 'updated', 'unchanged', 'rejected', 'older', 'deleted'] as const;

function isSuccess(status: string): boolean {
  return status === 'success' || status === 'partial';
}

function listResourceMetrics({ resources, reconciledSeconds }: MetricsReport, now: number): Metric[] {
  const at = Math.round(now / 1000);
  const known = resources.filter(({ ageSeconds, skipped }) => ageSeconds !== null && skipped === undefined);
  return [
    {
      name: 'rows',
      help: 'Rows that are not deleted.',
      samples: resources.map(({ resource, rows }) => ({ labels: { resource }, value: rows })),
    },
    {
      name: 'quarantined',
      help: 'Records in quarantine.',
      samples: resources.map(({ resource, quarantined }) => ({ labels: { resource }, value: quarantined })),
    },
    {
      name: 'field_issues',
      help: 'Fields of stored records that differ from what was sent.',
      samples: resources.map(({ resource, fieldIssues }) => ({ labels: { resource }, value: fieldIssues })),
    },
    {
      name: 'fresh_timestamp_seconds',
      help: 'When the table was last proven to be in step with the feed.',
      samples: known.map(({ resource, ageSeconds }) => ({ labels: { resource }, value: at - ageSeconds! })),
    },
    {
      name: 'reconciled_timestamp_seconds',
      help: 'When a reconcile last looked for deletions.',
      samples: reconciledSeconds === null ? [] : [{ labels: {}, value: at - reconciledSeconds }],
    },
  ];
}

/** A source without a published release has only the state of its import. */
function listReleaseMetrics({ releases = [] }: MetricsReport): Metric[] {
  const published = releases.flatMap(({ source, published: each }) =>
    each === null ? [] : [{ labels: { source }, each }],
  );
  return [
    {
      name: 'release_published_timestamp_seconds',
      help: 'When the published release was published.',
      samples: published.map(({ labels, each }) => ({
        labels,
        value: Math.round(Date.parse(each.at) / 1000),
      })),
    },
    {
      name: 'release_checked_timestamp_seconds',
      help: 'When the publisher was last asked for a newer release.',
      samples: releases.flatMap(({ source, checkedAt }) =>
        checkedAt === null ? [] : [{ labels: { source }, value: Math.round(Date.parse(checkedAt) / 1000) }],
      ),
    },
    {
      name: 'release_tax_year',
      help: 'The newest tax year of the published release.',
      samples: published.map(({ labels, each }) => ({ labels, value: Math.max(...each.years) })),
    },
    {
      name: 'release_rows',
      help: 'Rows of the published tables.',
      samples: published.flatMap(({ labels, each }) =>
        each.tables.map(({ table, rows }) => ({ labels: { ...labels, table }, value: rows })),
      ),
    },
    {
      name: 'release_rejects',
      help: 'Lines of the published release that could not be rows.',
      samples: published.map(({ labels, each }) => ({ labels, value: each.rejects })),
    },
    {
      name: 'release_refused',
      help: '1 if the newest import was refused by its checks.',
      samples: releases.map(({ source, newer }) => ({
        labels: { source },
        value: newer?.state === 'refused' ? 1 : 0,
      })),
    },
  ];
}

function listQuotaMetrics({ quota }: MetricsReport): Metric[] {
  const windows = quota === null ? [] : (['minute', 'hour'] as const);
  const of = (kind: 'limit' | 'left'): Sample[] =>
    windows.flatMap((window) => {
      const value = quota?.[window][kind];
      return value === undefined ? [] : [{ labels: { window }, value }];
    });
  return [
    { name: 'quota_limit', help: 'Calls that the API allows.', samples: of('limit') },
    { name: 'quota_left', help: 'Calls that were left when the API last reported it.', samples: of('left') },
  ];
}

function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, escape)}"`)
    .join(',');
}

function escape(character: string): string {
  return character === '\n' ? '\\n' : `\\${character}`;
}

function toSeconds(time: string): number {
  return fromSqlDateTime(time) / 1000;
}
