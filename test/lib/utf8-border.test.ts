import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalizeEncoding } from '../../src/lib/normalize-encoding.ts';
import { findLastBorder } from '../../src/lib/utf8-border.ts';

test('the border is the end of the last whole character, wherever the text is cut', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, place) => {
      const bytes = Buffer.from(text);
      const cut = bytes.subarray(0, place % (bytes.length + 1));
      const border = findLastBorder(cut);
      expect(cut.length - border).toBeLessThan(4);
      expect(text.startsWith(cut.subarray(0, border).toString())).toBe(true);
    }),
  );
});

test('names of encodings are those of TextDecoder', () => {
  expect([normalizeEncoding('Latin1'), normalizeEncoding('klingon')]).toEqual(['windows-1252', undefined]);
});
