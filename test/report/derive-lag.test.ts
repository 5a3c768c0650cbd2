import { expect, test } from 'vitest';
import { fromSqlDateTime } from '../../src/lib/time.ts';
import type { RunTimes } from '../../src/record/run-history.ts';
import { deriveLag, thinLag } from '../../src/report/derive-lag.ts';

const at = (time: string): number => fromSqlDateTime(`2026-01-01 ${time}`);

const run = (start: string, end: string | null, more: Partial<RunTimes> = {}): RunTimes => ({
  mode: 'sync',
  status: 'success',
  start: `2026-01-01 ${start}`,
  end: end === null ? null : `2026-01-01 ${end}`,
  message: null,
  ...more,
});

const MINUTE = 60_000;

test('the lag grows until a run ends, and then is what this run took', () => {
  const runs = [
    run('10:00:00', '10:02:00'),
    run('10:15:00', '10:16:00', { status: 'failed' }),
    run('10:20:00', '10:25:00', { status: 'partial', message: 'interrupted' }),
    run('10:26:00', '10:27:00', { mode: 'verify' }),
    run('10:30:00', '10:31:00', { status: 'partial' }),
    run('10:45:00', null, { status: 'running' }),
  ];
  expect(deriveLag(runs, at('10:50:00'))).toEqual([
    { at: at('10:02:00'), lag: 2 * MINUTE },
    { at: at('10:31:00'), lag: 31 * MINUTE },
    { at: at('10:31:00'), lag: MINUTE },
    { at: at('10:50:00'), lag: 20 * MINUTE },
  ]);
  expect(deriveLag([], at('10:50:00'))).toEqual([]);
});

test('a long history keeps the greatest lag of each part of it', () => {
  const points = Array.from({ length: 5000 }, (_, nth) => ({ at: nth * MINUTE, lag: nth % 7 }));
  points[2345] = { at: 2345 * MINUTE, lag: 999 };
  const thin = thinLag(points, 600);
  expect(thin.length).toBeLessThanOrEqual(600);
  expect(thin.length).toBeGreaterThan(300);
  expect(thin).toContainEqual({ at: 2345 * MINUTE, lag: 999 });
  expect(thin.at(-1)).toEqual(points.at(-1));
  expect(thin.map((point) => point.at)).toEqual(thin.map((point) => point.at).toSorted((a, b) => a - b));
  expect(thinLag(points.slice(0, 600), 600)).toHaveLength(600);
});
