import { expect, test } from 'vitest';
import { shorten } from '../../src/lib/shorten.ts';

test.each([
  ['short', 5, 'short'],
  ['a longer text', 8, 'a …'],
  ['a longer text', 9, 'a longer …'],
  ['a longer text', 13, 'a longer text'],
  ['SECRETSECRET', 6, '…'],
])('promise 19: %j in %d characters is %j: no part of a word is kept', (text, length, short) => {
  expect(shorten(text, length)).toBe(short);
});
