import { expect, test } from 'vitest';
import { findPauses } from '../../src/report/find-pauses.ts';

const HOUR = 3_600_000;

test('a source is left alone as long as the user and its server want', () => {
  expect(findPauses(6 * HOUR, undefined)).toEqual({ afterCompleted: 6 * HOUR, afterFailed: HOUR });
  expect(findPauses(HOUR / 4, { isUnfinished: false, minPause: 2 * HOUR })).toEqual({
    afterCompleted: 2 * HOUR,
    afterFailed: HOUR / 4,
  });
});

test('a source whose end was not reached is due at once, but not after a failure', () => {
  expect(findPauses(6 * HOUR, { isUnfinished: true, minPause: 2 * HOUR })).toEqual({
    afterCompleted: 0,
    afterFailed: HOUR,
  });
});
