import { expect, test } from 'vitest';
import type { SourceReport } from '../../src/report/source-report.ts';
import type { StatusReport } from '../../src/report/status-report.ts';
import { assessHealth } from '../../src/serve/health.ts';

const NOW = Date.UTC(2026, 10, 28, 12);
const HOUR = 3_600_000;

function status(ageSeconds: number | null, states: readonly SourceReport['state'][] = []): StatusReport {
  return {
    at: new Date(NOW).toISOString(),
    ageSeconds,
    resources: [{ resource: 'Property' }],
    items: states.map((state, nth) => ({
      source: `s${nth}`,
      state,
      succeededAt: state === 'new' ? null : new Date(NOW - HOUR).toISOString(),
      dueAt: new Date(NOW).toISOString(),
    })),
  } as unknown as StatusReport;
}

const LIMITS = { maxAge: 12 * HOUR, sources: [], hasFeed: true };

test.each<[string, StatusReport, string, string | undefined]>([
  ['fresh', status(60, ['ok']), 'healthy', 'ok'],
  ['too old', status(13 * 3600), 'degraded', 'stale'],
  ['never loaded', status(null), 'degraded', 'new'],
  ['no tables', { ...status(null), resources: [] }, 'degraded', 'new'],
  ['a source that was never read', status(60, ['ok', 'new']), 'degraded', 'ok'],
  ['a source that fails', status(60, ['ok', 'failing']), 'degraded', 'ok'],
  ['a source that is gone', status(60, ['gone']), 'degraded', 'ok'],
  ['a source that was removed', status(60, ['removed']), 'healthy', 'ok'],
  ['a source whose entry is wrong', status(60, ['wrong']), 'degraded', 'ok'],
])('%s', (_, report, health, feed) => {
  const assessed = assessHealth(report, LIMITS, NOW);
  expect(assessed.status).toBe(health);
  expect(assessed.feed?.state).toBe(feed);
});

test('without a feed, the sources decide', () => {
  const limits = { ...LIMITS, hasFeed: false };
  expect(assessHealth(status(null, ['ok']), limits, NOW)).toMatchObject({ status: 'healthy', feed: null });
  expect(assessHealth(status(null, ['failing']), limits, NOW)).toMatchObject({ status: 'degraded' });
});

test('a source that was read too long ago is stale', () => {
  const later = NOW + 72 * HOUR;
  expect(assessHealth(status(60, ['ok']), { ...LIMITS, hasFeed: false }, later)).toMatchObject({
    status: 'degraded',
    sources: [{ name: 's0', state: 'stale' }],
  });
});

test.each([
  ['success', null, 'new', 'degraded'],
  ['success', { at: '2026-11-27T00:00:00.000Z' }, 'ok', 'healthy'],
  ['failed', { at: '2026-11-27T00:00:00.000Z' }, 'failing', 'degraded'],
])('a county whose last run is %s and that has %j is %s', (run, published, state, health) => {
  const report = {
    ...status(60),
    releases: [{ source: 'hcad', published }],
    runs: [
      { source: 'hcad', status: 'running' },
      { source: 'trestle', status: 'failed' },
      { source: 'hcad', status: run },
    ],
  } as unknown as StatusReport;
  const assessed = assessHealth(report, LIMITS, NOW);
  expect(assessed).toMatchObject({ status: health, sources: [{ name: 'hcad', state }] });
});

test('a state that was read earlier gets older', () => {
  expect(assessHealth(status(11 * 3600), LIMITS, NOW).status).toBe('healthy');
  expect(assessHealth(status(11 * 3600), LIMITS, NOW + 2 * HOUR).status).toBe('degraded');
});
