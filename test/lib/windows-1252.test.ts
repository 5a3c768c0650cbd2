import { expect, test } from 'vitest';
import { WINDOWS_1252 } from '../../src/lib/windows-1252.ts';

test('every byte has its own character', () => {
  expect(WINDOWS_1252).toHaveLength(256);
  expect(new Set(WINDOWS_1252).size).toBe(256);
});

test.each([
  [0x41, 'A'],
  [0x7f, '\u007f'],
  [0x80, '€'],
  [0x81, '\u0081'],
  [0x92, '’'],
  [0x9d, '\u009d'],
  [0x9f, 'Ÿ'],
  [0xa0, '\u00a0'],
  [0xf1, 'ñ'],
  [0xff, 'ÿ'],
])('%i is %j', (byte, character) => {
  expect(WINDOWS_1252[byte]).toBe(character);
});
