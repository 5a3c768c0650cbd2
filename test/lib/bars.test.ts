import { expect, test } from 'vitest';
import { bar } from '../../src/lib/bars.ts';

test('the most is as long as the width, half of it half as long', () => {
  expect(bar(200, 200, 10)).toBe('█'.repeat(10));
  expect(bar(100, 200, 10)).toBe('█'.repeat(5));
});

test('the end is told in eighths', () => {
  expect(['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█']).toEqual(
    [0, 1, 2, 3, 4, 5, 6, 7, 8].map((value) => bar(value, 8, 1)),
  );
});

test('nothing has no bar, and little has one', () => {
  expect(bar(0, 5, 10)).toBe('');
  expect(bar(0, 0, 10)).toBe('');
  expect(bar(1, 1_000_000, 10)).toBe('▏');
});

test('more than the most is no longer than it', () => {
  expect(bar(9, 3, 4)).toBe('████');
});
