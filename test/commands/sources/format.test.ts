import { expect, test } from 'vitest';
import { formatSources } from '../../../src/commands/sources/list/format.ts';
import type { SourceReport } from '../../../src/report/source-report.ts';

const NEW: SourceReport = {
  source: 'roster',
  type: 'csv',
  lastRun: null,
  succeededAt: null,
  failures: 0,
  checkpoint: null,
  items: 0,
  deleted: 0,
  unmapped: 0,
  dueAt: '2026-03-19T22:00:00.000Z',
  state: 'new',
  pausedUntil: null,
  notes: [],
};

test('has a line for each source, and below it what needs attention', () => {
  const run = { run: 7, mode: 'sync', startedAt: '2026-03-19T21:45:10.000Z', error: null };
  const feed: SourceReport = {
    ...NEW,
    source: 'trestle',
    type: 'feed',
    lastRun: { ...run, status: 'success' },
    checkpoint: '2026-03-19T21:44:00.000Z',
    items: null,
    deleted: null,
    unmapped: null,
    dueAt: null,
    state: 'ok',
  };
  const rates: SourceReport = {
    ...NEW,
    source: 'rates',
    type: 'api',
    lastRun: { ...run, status: 'failed' },
    checkpoint: '2026-03-12',
    items: 1234,
    unmapped: 2,
    dueAt: '2026-03-20T04:00:00.000Z',
    state: 'paused',
    notes: ['paused until 2026-03-20 04:00 UTC after 5 failed runs: trestle-etl sync rates tries now'],
  };
  expect(`${formatSources([feed, rates, NEW], '2026-03-19T22:00:00.000Z')}\n`).toBe(`\
source   type  last run (UTC)    status   checkpoint                items  unmapped  due               state
trestle  feed  2026-03-19 21:45  success  2026-03-19T21:44:00.000Z                                     ok
rates    api   2026-03-19 21:45  failed   2026-03-12                1,234         2  2026-03-20 04:00  paused
roster   csv   never                                                    0         0  now               new

rates: paused until 2026-03-20 04:00 UTC after 5 failed runs: trestle-etl sync rates tries now
`);
});

test('reports that there is no source', () => {
  expect(formatSources([], '2026-03-19T22:00:00.000Z')).toBe('no source is configured');
});

test('does not repeat the name of a source that a note begins with', () => {
  const notes = ['roster: its server failed', 'the file is not complete'];
  const lines = formatSources([{ ...NEW, notes }], '2026-03-19T22:00:00.000Z').split('\n');
  expect(lines.slice(-2)).toEqual(['roster: its server failed', 'roster: the file is not complete']);
});
