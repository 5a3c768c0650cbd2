import { expect, test } from 'vitest';
import { listStaleItems, staleAfter } from '../../src/report/stale-items.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 2, 19, 12);
const at = (hours: number): string => new Date(NOW - hours * HOUR).toISOString();

test('a source may be as old as the limit, and at least as three of its runs', () => {
  expect(staleAfter(HOUR, 12 * HOUR)).toBe(12 * HOUR);
  expect(staleAfter(24 * HOUR, 12 * HOUR)).toBe(72 * HOUR);
  expect(staleAfter(undefined, 12 * HOUR)).toBe(12 * HOUR);
});

test('lists sources that are too old or were never read, and none that is gone', () => {
  const sources = [
    { id: 'hourly', every: HOUR },
    { id: 'daily', every: 24 * HOUR },
  ];
  const reports = [
    { source: 'hourly', state: 'ok', succeededAt: at(13), dueAt: at(12) },
    { source: 'daily', state: 'ok', succeededAt: at(71), dueAt: at(47) },
    { source: 'new', state: 'new', succeededAt: null, dueAt: at(0) },
    { source: 'removed', state: 'removed', succeededAt: at(1000), dueAt: null },
    { source: 'gone', state: 'gone', succeededAt: at(1000), dueAt: null },
    // Its server wants to be asked once a day.
    { source: 'slow', state: 'ok', succeededAt: at(20), dueAt: at(-4) },
  ] as const;
  expect(listStaleItems(reports, { sources, maxAge: 12 * HOUR }, NOW)).toEqual([
    'hourly was last read 13 h 0 min ago (at most 12 h 0 min is allowed)',
    'new was never read',
  ]);
});
