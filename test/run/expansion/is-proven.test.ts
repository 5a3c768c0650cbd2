import { expect, test } from 'vitest';
import { isProven } from '../../../src/run/expansion/is-proven.ts';

const set = { counted: 3, sent: 3, stored: 3, isStale: true, isSingle: false };

test.each([
  ['as many as counted', {}, true],
  ['fewer than counted', { sent: 2, stored: 0 }, false],
  ['more than counted', { sent: 4 }, true],
  ['fewer than stored, because the parent changed', { counted: 2, sent: 2 }, true],
  ['fewer than stored, without a change of the parent', { counted: 2, sent: 2, isStale: false }, false],
  ['fewer than stored, although more than counted', { counted: 1, sent: 2 }, false],
  ['none, and none counted', { counted: 0, sent: 0, stored: 0 }, true],
  ['none, and none counted, although some are stored', { counted: 0, sent: 0, stored: 3 }, false],
  ['none, although some are counted', { sent: 0, stored: 0 }, false],
  ['some of an uncounted set', { counted: null }, false],
  ['the only record of an uncounted set', { counted: null, sent: 1, stored: 1, isSingle: true }, true],
  ['none of an uncounted set', { counted: null, sent: 0, stored: 0, isSingle: true }, false],
])('promise 9: %s', (_, part, expected) => {
  expect(isProven({ ...set, ...part })).toBe(expected);
});
