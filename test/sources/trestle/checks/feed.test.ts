import { describe, expect, test } from 'vitest';
import { checkClock } from '../../../../src/sources/trestle/checks/feed.ts';

describe('the clock', () => {
  test.each([
    [0, 'ok'],
    [-29_000, 'ok'],
    [31_000, 'warn'],
    [-299_000, 'warn'],
    [300_000, 'fail'],
    [-86_400_000, 'fail'],
  ])('that is %d ms ahead is %s', (ahead, result) => {
    expect(checkClock(ahead).result).toBe(result);
  });

  test('is told to be ahead or behind', () => {
    expect(checkClock(600_000).what).toContain('10 min 0 s ahead of');
    expect(checkClock(-600_000).what).toContain('10 min 0 s behind');
  });
});
