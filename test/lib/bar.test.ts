import { expect, test } from 'vitest';
import { formatBar } from '../../src/lib/bar.ts';

test('the maximum fills the width, half of it half the width', () => {
  expect(formatBar(200, 200, 10)).toBe('█'.repeat(10));
  expect(formatBar(100, 200, 10)).toBe('█'.repeat(5));
});

test('the last character shows eighths', () => {
  expect(['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█']).toEqual(
    [0, 1, 2, 3, 4, 5, 6, 7, 8].map((value) => formatBar(value, 8, 1)),
  );
});

test('0 has no bar, and a small value has one', () => {
  expect(formatBar(0, 5, 10)).toBe('');
  expect(formatBar(0, 0, 10)).toBe('');
  expect(formatBar(1, 1_000_000, 10)).toBe('▏');
});

test('a value above the maximum is as long as the maximum', () => {
  expect(formatBar(9, 3, 4)).toBe('████');
});
