import type { AlertSettings, RunReport } from '../../../src/model/alert.ts';

export const settings: AlertSettings = {
  email: undefined,
  webhook: undefined,
  repeat: 4 * 3_600_000,
  quotaPercent: 15,
  rejectPercent: 5,
  fieldPercent: 5,
  mediaFailedPercent: 5,
  maxAge: 12 * 3_600_000,
  diskFree: 1024 ** 3,
};

/** A successful sync without other data. */
export const calm: RunReport = {
  mode: 'sync',
  run: 17,
  ended: 'success',
  error: undefined,
  processed: 0,
  rejected: 0,
  altered: 0,
  lost: undefined,
  hourQuota: undefined,
  disks: [],
  age: undefined,
  schema: undefined,
};

/** Everything known and in order. */
export const wellKnown = {
  processed: 100,
  rejected: 0,
  altered: 0,
  lost: [],
  hourQuota: { limit: 7200, left: 7000 },
  disks: [{ path: '/srv', free: 10 * 1024 ** 3 }],
  age: 60_000,
} as const satisfies Partial<RunReport>;

export function failed(
  error: Partial<NonNullable<RunReport['error']>> = {},
): Pick<RunReport, 'ended' | 'error'> {
  return {
    ended: 'failed',
    error: { name: 'FatalError', message: 'it broke', hint: undefined, exitCode: 1, ...error },
  };
}

/** Facts that raise all eight kinds, the first two one after the other, as one run can't raise both. */
export const allBad = {
  processed: 100,
  rejected: 50,
  lost: ['Media'],
  hourQuota: { limit: 7200, left: 3 },
  disks: [{ path: '/srv', free: 1000 }],
  age: 50 * 3_600_000,
  schema: {
    at: Date.UTC(2026, 2, 19, 12),
    added: 10,
    removed: 5,
    changed: 2,
    used: ['Property.City', 'Media'],
    names: { added: ['Property.X_Pool'], removed: ['Property.City', 'Media'] },
    renamed: { from: 'CoreLogic.X', to: 'Cotality.X' },
  },
} as const satisfies Partial<RunReport>;

/** A county whose newest release was refused, and whose tax year is old. */
export const badRelease = {
  source: 'hcad',
  refused: { id: 13, message: '2 checks failed' },
  year: 2024,
  expectedYear: 2026,
} as const satisfies RunReport['release'];
