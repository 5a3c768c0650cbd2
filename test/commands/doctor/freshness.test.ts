import { expect, test } from 'vitest';
import { checkAge } from '../../../src/commands/doctor/freshness.ts';
import type { LoggedRun } from '../../../src/record/run-log.ts';

const HOUR = 3_600_000;
const run = (status: string, error_message: string | null = null): LoggedRun =>
  ({ id: 7, mode: 'sync', status, error_message }) as LoggedRun;

test.each([
  ['nothing is loaded yet', null, undefined, 'warn', /nothing is loaded yet/],
  ['a first load is under way', null, run('partial'), 'warn', /never read to its end.*7, sync\) is partial/],
  ['all is fresh', HOUR, run('success'), 'ok', /1 h 0 min ago/],
  [
    'the last run failed, and all is fresh',
    HOUR,
    run('failed', 'no network'),
    'warn',
    /is failed: no network/,
  ],
  ['all is stale', 13 * HOUR, run('failed', 'no network'), 'fail', /13 h 0 min ago.*12 h 0 min.*no network/],
] as const)('%s', (_, age, last, result, what) => {
  const finding = checkAge(age, last, 12 * HOUR);
  expect(finding.result).toBe(result);
  expect(finding.what).toMatch(what);
  if (result !== 'ok') expect(finding.advice).toMatch(/^(?:run )?trestle-etl (sync|full-load)/);
});
