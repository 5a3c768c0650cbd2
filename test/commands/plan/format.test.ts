import { expect, test } from 'vitest';
import { type Plan, formatPlan } from '../../../src/commands/plan/format.ts';

const numbers = { records: 20_000, calls: 21, newRows: 20_000, bytes: 1024 ** 3 };

const plan: Plan = {
  mode: 'full-load',
  at: '2026-03-19T12:30:00.000Z',
  asked: 2,
  resources: [
    { resource: 'Property', ...numbers, isMeasured: true },
    { resource: 'Media', records: 5, calls: 1, newRows: 0, bytes: 0, isMeasured: true },
  ],
  totals: { ...numbers, records: 20_005, calls: 22 },
  time: { ms: 90_000, waitingMs: 0 },
  quota: {
    minuteLimit: 180,
    minutePercent: 12.2,
    hourLimit: 7200,
    hourPercent: 0.3,
    left: 7000,
    usable: 6280,
  },
  fits: { everyMs: 900_000, isInTime: true, endsEarly: false },
  assumes: 'a feed that stands still',
};

test('promise 14: calls, time, quota, rows, disk, and whether it fits, in a few lines', () => {
  expect(formatPlan(plan).split('\n')).toEqual([
    'full-load, in the current state (found with 2 calls):',
    'resource  records  calls     new     disk',
    'Property   20,000     21  20,000     1 GB',
    'Media           5      1       0  0 bytes',
    'total      20,005     22  20,000     1 GB',
    'time: about 1 min 30 s',
    "quota: 0.3 % of the hour's 7,200, 12.2 % of a minute's 180; 7,000 are left this hour, 6,280 without the reserve: enough",
    'fits: yes, with a run every 15 min 0 s',
    'assumes a feed that stands still',
  ]);
});

test('reports what does not fit, and the consequence', () => {
  const late = formatPlan({
    ...plan,
    time: { ms: 1_800_000, waitingMs: 600_000 },
    quota: { ...plan.quota, usable: 3 },
    fits: { ...plan.fits, isInTime: false },
  });
  expect(late).toContain('time: about 30 min 0 s, 10 min 0 s of it waiting for the quota');
  expect(late).toContain('3 without the reserve: not enough');
  expect(late).toContain('fits: no, with a run every 15 min 0 s: the next run finds it active');
  const early = formatPlan({ ...plan, fits: { everyMs: 900_000, isInTime: false, endsEarly: true } });
  expect(early).toContain('fits: no; it would end early, because a wait is longer than QUOTA_MAX_WAIT');
});

test('an unreported quota is not made up', () => {
  const none = {
    minuteLimit: null,
    minutePercent: null,
    hourLimit: null,
    hourPercent: null,
    left: null,
    usable: null,
  };
  expect(formatPlan({ ...plan, quota: none })).toContain('quota: the feed does not report one');
});
