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

const FACTS = { maxAge: 12 * HOUR, sources: [], hasFeed: true, lastUpdate: NOW - HOUR };

test.each<[string, number | null, SourceReport['state'][], string, string]>([
  ['fresh', NOW - HOUR, ['ok'], 'healthy', 'ok'],
  ['too old', NOW - 13 * HOUR, [], 'degraded', 'stale'],
  ['never loaded', null, [], 'degraded', 'new'],
  ['a source that was never read', NOW, ['ok', 'new'], 'degraded', 'ok'],
  ['a source that fails', NOW, ['ok', 'failing'], 'degraded', 'ok'],
  ['a source that is gone', NOW, ['gone'], 'degraded', 'ok'],
  ['a source that was removed', NOW, ['removed'], 'healthy', 'ok'],
  ['a source whose entry is wrong', NOW, ['wrong'], 'degraded', 'ok'],
])('%s', (_, lastUpdate, states, health, feed) => {
  const assessed = assessHealth(status(states), { ...FACTS, lastUpdate }, NOW);
  expect(assessed.status).toBe(health);
  expect(assessed.feed?.state).toBe(feed);
});

test('a feed without tables is not healthy', () => {
  const empty = { ...status(), resources: [] };
  expect(assessHealth(empty, { ...FACTS, lastUpdate: null }, NOW)).toMatchObject({
    status: 'degraded',
    feed: { state: 'new' },
  });
});

test('without a feed, the sources decide', () => {
  const facts = { ...FACTS, hasFeed: false };
  expect(assessHealth(status(['ok']), facts, NOW)).toMatchObject({ status: 'healthy', feed: null });
  expect(assessHealth(status(['failing']), facts, NOW)).toMatchObject({ status: 'degraded' });
});

test('a source that was read too long ago is stale', () => {
  const later = NOW + 72 * HOUR;
  expect(assessHealth(status(['ok']), { ...FACTS, hasFeed: false }, later)).toMatchObject({
    status: 'degraded',
    sources: [{ name: 's0', state: 'stale' }],
  });
});

test.each([
  ['success', null, 'new', 'degraded'],
  ['success', { at: '2026-11-27T00:00:00.000Z' }, 'ok', 'healthy'],
  ['failed', { at: '2026-11-27T00:00:00.000Z' }, 'failing', 'degraded'],
])('a county whose last run is %s and that has %j is %s', (run, published, state, health) => {
  const runs = [
    { source: 'hcad', status: 'running' },
    { source: 'trestle', status: 'failed' },
    { source: 'hcad', status: run },
  ];
  const report = { ...status(), releases: [{ source: 'hcad', published }], runs } as unknown as StatusReport;
  expect(assessHealth(report, FACTS, NOW)).toMatchObject({
    status: health,
    sources: [{ name: 'hcad', state }],
  });
});

test('a state that was read earlier gets older', () => {
  const facts = { ...FACTS, lastUpdate: NOW - 11 * HOUR };
  expect(assessHealth(status(), facts, NOW).status).toBe('healthy');
  expect(assessHealth(status(), facts, NOW + 2 * HOUR).status).toBe('degraded');
});
