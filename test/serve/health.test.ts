import { expect, test } from 'vitest';
import type { SourceReport } from '../../src/report/source-report.ts';
import type { StatusReport } from '../../src/report/status-report.ts';
import { assessHealth } from '../../src/serve/health.ts';

const NOW = Date.UTC(2026, 10, 28, 12);
const HOUR = 3_600_000;

function status(states: readonly SourceReport['state'][] = []): StatusReport {
  return {
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

test.each<[string, StatusReport, number | null, string, string | undefined]>([
  ['fresh', status(['ok']), NOW - 60_000, 'healthy', 'ok'],
  ['too old', status(), NOW - 13 * HOUR, 'degraded', 'stale'],
  ['never loaded', status(), null, 'degraded', 'new'],
  ['no tables', { ...status(), resources: [] }, null, 'degraded', 'new'],
  ['a source that was never read', status(['ok', 'new']), NOW - 60_000, 'degraded', 'ok'],
  ['a source that fails', status(['ok', 'failing']), NOW - 60_000, 'degraded', 'ok'],
  ['a source that is gone', status(['gone']), NOW - 60_000, 'degraded', 'ok'],
  ['a source that was removed', status(['removed']), NOW - 60_000, 'healthy', 'ok'],
  ['a source whose entry is wrong', status(['wrong']), NOW - 60_000, 'degraded', 'ok'],
])('%s', (_, report, lastUpdate, health, feed) => {
  const assessed = assessHealth(report, lastUpdate, LIMITS, NOW);
  expect(assessed.status).toBe(health);
  expect(assessed.feed?.state).toBe(feed);
});

test('without a feed, the sources decide', () => {
  const limits = { ...LIMITS, hasFeed: false };
  expect(assessHealth(status(['ok']), null, limits, NOW)).toMatchObject({ status: 'healthy', feed: null });
  expect(assessHealth(status(['failing']), null, limits, NOW)).toMatchObject({ status: 'degraded' });
});

test('a source that was read too long ago is stale', () => {
  const later = NOW + 72 * HOUR;
  expect(assessHealth(status(['ok']), NOW, { ...LIMITS, hasFeed: false }, later)).toMatchObject({
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
    ...status(),
    releases: [{ source: 'hcad', published }],
    runs: [
      { source: 'hcad', status: 'running' },
      { source: 'trestle', status: 'failed' },
      { source: 'hcad', status: run },
    ],
  } as unknown as StatusReport;
  const assessed = assessHealth(report, NOW, LIMITS, NOW);
  expect(assessed).toMatchObject({ status: health, sources: [{ name: 'hcad', state }] });
});

test('a state that was read earlier gets older', () => {
  const lastUpdate = NOW - 11 * HOUR;
  expect(assessHealth(status(), lastUpdate, LIMITS, NOW).status).toBe('healthy');
  expect(assessHealth(status(), lastUpdate, LIMITS, NOW + 2 * HOUR).status).toBe('degraded');
});
