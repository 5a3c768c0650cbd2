import { expect, test } from 'vitest';
import { formatBar } from '../../src/lib/bar.ts';

test('the most is as long as the width, half of it half as long', () => {
  expect(formatBar(200, 200, 10)).toBe('█'.repeat(10));
  expect(formatBar(100, 200, 10)).toBe('█'.repeat(5));
});

test('the end is told in eighths', () => {
  expect(['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█']).toEqual(
    [0, 1, 2, 3, 4, 5, 6, 7, 8].map((value) => formatBar(value, 8, 1)),
  );
});

test('nothing has no bar, and little has one', () => {
  expect(formatBar(0, 5, 10)).toBe('');
  expect(formatBar(0, 0, 10)).toBe('');
  expect(formatBar(1, 1_000_000, 10)).toBe('▏');
});

test('more than the most is no longer than it', () => {
  expect(formatBar(9, 3, 4)).toBe('████');
});
