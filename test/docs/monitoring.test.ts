import { expect, test } from 'vitest';
import { formatMetrics } from '../../src/report/format-metrics.ts';
import { read, section, tableRows } from './documents.ts';

test('docs/monitoring.md lists every metric that is written, and no other', () => {
  const run = {
    id: 1,
    source: 'trestle',
    mode: 'sync',
    status: 'success',
    sync_start: '2026-03-19 12:00:00.000',
    sync_end: '2026-03-19 12:00:02.500',
    records_processed: 0,
    records_inserted: 0,
    records_updated: 0,
    records_unchanged: 0,
    records_rejected: 0,
    records_older: 0,
    records_deleted: 0,
    field_issues: 6,
    pages: 1,
    api_calls_made: 6,
    watermark_before: null,
    watermark_after: null,
    detail: null,
    error_message: null,
    host: 'h',
    version: '1',
  } as const;
  const window = { limit: 1, left: 1 };
  const resource = {
    resource: 'R',
    watermark: null,
    ageSeconds: 1,
    fullLoadAt: null,
    activeSince: null,
    usableSince: null,
    rows: 1,
    quarantined: 0,
    fieldIssues: 7,
  };
  const text = formatMetrics(
    {
      at: '',
      database: 'd',
      ageSeconds: 1,
      reconciledSeconds: 1,
      runs: [run],
      resources: [resource],
      schema: null,
      mediaFiles: {
        store: '/srv/photos',
        stored: 1,
        pending: 0,
        failed: 0,
        removed: 0,
        files: 1,
        bytes: 1,
        reasons: [],
        unsized: 0,
        lastPass: {
          run: 1,
          status: 'success',
          start: '2026-03-19 12:00:00.000',
          end: '2026-03-19 12:00:02.500',
          requests: 1,
          message: null,
        },
      },
      releases: [
        {
          source: 'hcad',
          published: {
            id: 1,
            at: '2026-03-19T12:00:00.000Z',
            ageSeconds: 1,
            years: [2026],
            tables: [{ table: 'hcad_land', rows: 1 }],
            lines: 1,
            rejects: 0,
          },
          newer: null,
          checkedAt: '2026-03-19T12:00:00.000Z',
          dueAt: null,
        },
      ],
      items: [
        {
          source: 'news',
          type: 'rss',
          lastRun: null,
          succeededAt: '2026-03-19T12:00:00.000Z',
          checkpoint: null,
          items: 1,
          deleted: 0,
          unmapped: 0,
          failures: 0,
          dueAt: null,
          state: 'ok',
          pausedUntil: null,
          notes: [],
        },
      ],
      quota: { minute: window, hour: { ...window, resetAt: undefined } },
    },
    0,
  );
  const written = [...text.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1]!);
  const documented = tableRows(section(read('docs/monitoring.md'), '## Prometheus')).flatMap(([name = '']) =>
    [...name.matchAll(/trestle_etl_\w+/g)].map(([found]) => found),
  );
  expect(documented.toSorted()).toEqual(written.toSorted());
});
