import { expect, test } from 'vitest';
import type { SourceReport } from '../../src/report/source-report.ts';
import type { StatusReport } from '../../src/report/status-report.ts';
import { assessHealth } from '../../src/serve/health.ts';

const NOW = Date.UTC(2026, 10, 28, 12);
const HOUR = 3_600_000;

function status(states: readonly SourceReport['state'][] = []): StatusReport {
  return {
    resources: [{ resource: 'Property' }],
    items: states.map((state, nth) => ({ source: `s${nth}`, state, succeededAt: null })),
  } as unknown as StatusReport;
}

test.each<[string, StatusReport, number | null, string, string | undefined]>([
  ['fresh', status(['ok', 'new']), NOW - 60_000, 'healthy', 'ok'],
  ['too old', status(), NOW - 13 * HOUR, 'degraded', 'stale'],
  ['never loaded', status(), null, 'healthy', 'new'],
  ['a source that fails', status(['ok', 'failing']), NOW, 'degraded', 'ok'],
  ['a source that is gone', status(['gone']), NOW, 'degraded', 'ok'],
  ['a source whose entry is wrong', status(['wrong']), NOW, 'degraded', 'ok'],
  ['no feed', { ...status(), resources: [] }, null, 'healthy', undefined],
])('%s', (_, report, lastUpdate, health, feed) => {
  const assessed = assessHealth(report, lastUpdate, 12 * HOUR, NOW);
  expect(assessed.status).toBe(health);
  expect(assessed.feed?.state).toBe(feed);
});

test('a state that was read earlier gets older', () => {
  const lastUpdate = NOW - 11 * HOUR;
  expect(assessHealth(status(), lastUpdate, 12 * HOUR, NOW).status).toBe('healthy');
  expect(assessHealth(status(), lastUpdate, 12 * HOUR, NOW + 2 * HOUR).status).toBe('degraded');
});
