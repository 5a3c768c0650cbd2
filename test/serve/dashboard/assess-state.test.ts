import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../src/lib/time.ts';
import type { Overview } from '../../../src/report/overview.ts';
import type { SourceReport } from '../../../src/report/source-report.ts';
import { assessState } from '../../../src/serve/dashboard/assess-state.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const LIMIT = 12 * HOUR_MS;

const run = (status: string, more: object = {}): Overview['status']['runs'][number] =>
  ({ id: 7, source: 'trestle', mode: 'sync', status, error_message: null, ...more }) as never;

const source = (name: string, state: SourceReport['state']): SourceReport =>
  ({ source: name, state, notes: [], items: null }) as never;

function overview(
  status: Partial<Overview['status']> = {},
  more: Partial<Omit<Overview, 'status'>> = {},
): Overview {
  return {
    feed: 'trestle',
    hasTables: true,
    sources: [source('trestle', 'ok')],
    lag: [],
    syncStarts: [],
    days: [],
    parity: [],
    hours: [],
    failedRuns: 0,
    quarantined: [],
    ...more,
    status: {
      at: new Date(NOW).toISOString(),
      database: 'trestle',
      runs: [run('success')],
      resources: [],
      ageSeconds: 240,
      reconciledSeconds: 3600,
      quota: null,
      schema: null,
      ...status,
    },
  };
}

const assess = (each: Overview) => assessState(each, { maxAge: LIMIT, sources: [] }, NOW);

describe('with a feed', () => {
  test('in step', () => {
    expect(assess(overview())).toMatchObject({ level: 'ok', name: 'in step', sentence: 'In step 4 min ago' });
  });

  test('stale, also if the last run succeeded', () => {
    expect(assess(overview({ ageSeconds: 13 * 3600 }))).toMatchObject({
      level: 'bad',
      name: 'stale',
      sentence: 'Stale: in step 13 h ago, at most 12 h is allowed',
      command: 'trestle-etl doctor',
    });
  });

  test('the last run failed: another one that found the lock held does not hide it', () => {
    const runs = [run('skipped'), run('failed', { error_message: 'no answer\nmore' })];
    expect(assess(overview({ runs }))).toMatchObject({
      level: 'warn',
      name: 'run failed',
      notes: ['Run 7 (sync) failed: no answer'],
    });
  });

  test('late, unless a run is active', () => {
    const syncStarts = [90, 75, 60, 45].map((minutes) => NOW - minutes * MINUTE_MS);
    expect(assess(overview({}, { syncStarts }))).toMatchObject({
      name: 'late',
      sentence: 'In step 4 min ago; the next sync is 30 min late',
    });
    expect(assess(overview({ runs: [run('running')] }, { syncStarts })).name).toBe('in step');
  });

  test('nothing loaded, a first load, and one that ended early', () => {
    const first = (runs: Overview['status']['runs']) => assess(overview({ ageSeconds: null, runs }));
    expect(first([])).toMatchObject({ level: 'new', command: 'trestle-etl full-load' });
    expect(first([run('running')])).toMatchObject({ level: 'new', name: 'first load' });
    expect(first([run('failed')])).toMatchObject({ level: 'warn', name: 'not complete' });
    expect(assess(overview({}, { hasTables: false }))).toMatchObject({ level: 'new', name: 'empty' });
  });

  test('another source that fails changes the state, but does not hide a worse one', () => {
    const sources = [source('trestle', 'ok'), source('news', 'failing')];
    expect(assess(overview({}, { sources }))).toMatchObject({
      level: 'warn',
      name: 'a source fails',
      notes: ['Needs attention: news (failing).'],
    });
    expect(assess(overview({ ageSeconds: 99_999 }, { sources }))).toMatchObject({
      level: 'bad',
      name: 'stale',
    });
  });
});

function assessSources(...states: SourceReport['state'][]): ReturnType<typeof assess> {
  const sources = states.map((state) => source('a', state));
  return assess(overview({ ageSeconds: null }, { feed: null, sources }));
}

test('without a feed, the sources decide', () => {
  expect(assessSources('ok', 'ok')).toMatchObject({ level: 'ok', sentence: 'All 2 sources are in step' });
  expect(assessSources('ok', 'new')).toMatchObject({
    level: 'new',
    sentence: '1 of 2 sources is loaded',
    command: 'trestle-etl sync',
  });
  expect(assessSources('failing')).toMatchObject({ level: 'bad', sentence: 'The source has a problem' });
  expect(assessSources('ok', 'gone')).toMatchObject({
    level: 'warn',
    sentence: '1 of 2 sources has a problem',
  });
  expect(assessSources('failing', 'wrong')).toMatchObject({ level: 'bad' });
  expect(assessSources('new')).toMatchObject({ level: 'new', command: 'trestle-etl sync' });
});

test('a source of items that was read too long ago needs attention', () => {
  const succeededAt = new Date(NOW - 90 * 24 * HOUR_MS).toISOString();
  const old = { ...source('news', 'ok'), items: 5, succeededAt, dueAt: new Date(NOW).toISOString() };
  expect(assess(overview({}, { feed: null, sources: [old, source('b', 'ok')] }))).toMatchObject({
    level: 'warn',
    sentence: '1 of 2 sources has a problem',
    notes: ['Needs attention: news (stale).'],
  });
});
