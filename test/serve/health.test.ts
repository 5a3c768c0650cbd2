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
    items: states.map((state, nth) => ({ source: `s${nth}`, state, succeededAt: null })),
  } as unknown as StatusReport;
}

test.each<[string, StatusReport, string, string | undefined]>([
  ['fresh', status(60, ['ok', 'new']), 'healthy', 'ok'],
  ['too old', status(13 * 3600), 'degraded', 'stale'],
  ['never loaded', status(null), 'healthy', 'new'],
  ['a source that fails', status(60, ['ok', 'failing']), 'degraded', 'ok'],
  ['a source that is gone', status(60, ['gone']), 'degraded', 'ok'],
  ['a source whose entry is wrong', status(60, ['wrong']), 'degraded', 'ok'],
  ['no feed', { ...status(null), resources: [] }, 'healthy', undefined],
])('%s', (_, report, health, feed) => {
  const assessed = assessHealth(report, 12 * HOUR, NOW);
  expect(assessed.status).toBe(health);
  expect(assessed.feed?.state).toBe(feed);
});

test('a state that was read earlier gets older', () => {
  expect(assessHealth(status(11 * 3600), 12 * HOUR, NOW).status).toBe('healthy');
  expect(assessHealth(status(11 * 3600), 12 * HOUR, NOW + 2 * HOUR).status).toBe('degraded');
});
