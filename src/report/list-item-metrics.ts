import type { Metric, Sample } from './metric.ts';
import type { SourceReport } from './source-report.ts';
import type { StatusReport } from './status-report.ts';

/** The metrics of sources whose records become items. What is not known has no sample. */
export function listItemMetrics({ items = [] }: Pick<StatusReport, 'items'>): Metric[] {
  const each = (read: (report: SourceReport) => number | null): Sample[] =>
    items.flatMap((report) => {
      const value = read(report);
      return value === null ? [] : [{ labels: { source: report.source }, value }];
    });
  return [
    {
      name: 'source_success_timestamp_seconds',
      help: 'When the last complete run of the source started.',
      samples: each(({ succeededAt }) =>
        succeededAt === null ? null : Math.round(Date.parse(succeededAt) / 1000),
      ),
    },
    {
      name: 'source_items',
      help: 'Items that are not deleted.',
      samples: each(({ items: count }) => count),
    },
    {
      name: 'source_unmapped',
      help: 'Stored records that cannot be items.',
      samples: each(({ unmapped }) => unmapped),
    },
    {
      name: 'source_failures',
      help: 'Runs in a row that failed, of all sources with the same server.',
      samples: each(({ failures }) => failures),
    },
    {
      name: 'source_readable',
      help: '0 if the source is paused or gone, or its entry is wrong.',
      samples: each(({ state }) => (['paused', 'gone', 'wrong'].includes(state) ? 0 : 1)),
    },
  ];
}
