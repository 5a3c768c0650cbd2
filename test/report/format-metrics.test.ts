import { expect, test } from 'vitest';
import { formatMetrics } from '../../src/report/format-metrics.ts';
import type { StatusReport } from '../../src/report/status-report.ts';

const run = {
  id: 1,
  source: 'trestle',
  mode: 'sync',
  status: 'success',
  sync_start: '2026-03-19 12:00:00.000',
  sync_end: '2026-03-19 12:00:02.500',
  records_processed: 10,
  records_inserted: 1,
  records_updated: 2,
  records_unchanged: 3,
  records_rejected: 4,
  records_older: 0,
  records_deleted: 5,
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

const status: StatusReport = {
  at: '2026-03-19T12:10:00.000Z',
  database: 'homes "1"\\',
  ageSeconds: 600,
  reconciledSeconds: 3600,
  schema: null,
  runs: [
    { ...run, id: 9, mode: 'reconcile', status: 'running', sync_end: null },
    { ...run, id: 8, status: 'skipped' },
    { ...run, id: 7, status: 'failed', sync_end: '2026-03-19 12:00:03.000' },
    { ...run, id: 6, status: 'partial' },
    { ...run, id: 5, mode: 'full-load' },
  ],
  resources: [
    {
      resource: 'Property',
      watermark: null,
      ageSeconds: 600,
      fullLoadAt: null,
      activeSince: null,
      usableSince: null,
      rows: 1000,
      quarantined: 4,
      fieldIssues: 7,
    },
    {
      resource: 'Media',
      watermark: null,
      ageSeconds: null,
      fullLoadAt: null,
      activeSince: null,
      usableSince: null,
      rows: 0,
      quarantined: 0,
      fieldIssues: 7,
    },
  ],
  quota: {
    minute: { limit: 180, left: undefined },
    hour: { limit: 7200, left: 7000, resetAt: undefined },
  },
};

const now = Date.UTC(2026, 2, 19, 12, 10);
const lines = formatMetrics(status, now).split('\n');
const FEED = String.raw`database="homes \"1\"\\"`;

test.each([
  [`last_run_id{${FEED},mode="sync"} 7`],
  [`last_run_success{${FEED},mode="sync"} 0`],
  [`last_run_success{${FEED},mode="full-load"} 1`],
  [`last_run_end_timestamp_seconds{${FEED},mode="sync"} ${Date.UTC(2026, 2, 19, 12, 0, 3) / 1000}`],
  [`last_success_timestamp_seconds{${FEED},mode="sync"} ${Date.UTC(2026, 2, 19, 12, 0, 2, 500) / 1000}`],
  [`last_run_duration_seconds{${FEED},mode="full-load"} 2.5`],
  [`last_run_api_calls{${FEED},mode="sync"} 6`],
  [`last_run_records{${FEED},mode="sync",outcome="rejected"} 4`],
  [`rows{${FEED},resource="Property"} 1000`],
  [`quarantined{${FEED},resource="Media"} 0`],
  [`fresh_timestamp_seconds{${FEED},resource="Property"} ${now / 1000 - 600}`],
  [`reconciled_timestamp_seconds{${FEED}} ${now / 1000 - 3600}`],
  [`quota_limit{${FEED},window="minute"} 180`],
  [`quota_left{${FEED},window="hour"} 7000`],
])('%s', (line) => {
  expect(lines).toContain(`trestle_etl_${line}`);
});

test('omits what is unknown: an active run, an incomplete resource, an unreported quota', () => {
  const text = lines.join('\n');
  expect(text).not.toMatch(/mode="reconcile"/);
  expect(text).not.toMatch(/fresh_timestamp_seconds\{[^}]*Media/);
  expect(text).not.toMatch(/quota_left\{[^}]*minute/);
});

test('each metric has one HELP and one TYPE line before its samples, as Prometheus requires', () => {
  const names = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2]!);
  expect(new Set(names).size).toBe(names.length);
  for (const [index, line] of lines.entries()) {
    if (line === '') expect(index).toBe(lines.length - 1);
    else
      expect(line).toMatch(
        /^(# (HELP|TYPE) trestle_etl_[a-z_]+ .+|trestle_etl_[a-z_]+\{.+\} -?\d+(\.\d+)?)$/,
      );
  }
});

test('runs of county files have a label of their own, and do not hide those of the feed', () => {
  const hcad = {
    source: 'hcad',
    published: {
      id: 12,
      at: '2026-03-18T12:00:00.000Z',
      ageSeconds: 86_400,
      years: [2025, 2026],
      tables: [{ table: 'hcad_land', rows: 30 }],
      lines: 31,
      rejects: 1,
    },
    newer: {
      id: 13,
      state: 'refused' as const,
      startedAt: '2026-03-19T11:00:00.000Z',
      message: '1 checks failed',
      lines: 5,
    },
    checkedAt: '2026-03-19T11:00:00.000Z',
    dueAt: null,
  };
  const runs = [{ ...run, id: 20, source: 'hcad', status: 'failed' as const }, run];
  const text = formatMetrics({ ...status, database: 'd', runs, releases: [hcad] }, 0);
  expect(text).toContain('trestle_etl_last_run_success{database="d",mode="sync",source="hcad"} 0');
  expect(text).toContain('trestle_etl_last_run_success{database="d",mode="sync"} 1');
  expect(text).toContain('trestle_etl_release_rows{database="d",source="hcad",table="hcad_land"} 30');
  expect(text).toContain('trestle_etl_release_tax_year{database="d",source="hcad"} 2026');
  expect(text).toContain('trestle_etl_release_refused{database="d",source="hcad"} 1');
  expect(text).toContain(
    `trestle_etl_release_published_timestamp_seconds{database="d",source="hcad"} ${Date.parse(hcad.published.at) / 1000}`,
  );
});
