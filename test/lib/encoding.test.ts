import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeUtf8, findEncodingProblem } from '../../src/lib/encoding.ts';

const TEXT = 'A=1\nCITY=Zürich\n';
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

test('any UTF-8 text without NUL is accepted, with or without a byte order mark', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      fc.pre(!text.includes('\0') && !text.startsWith('\uFEFF'));
      for (const bytes of [Buffer.from(text), Buffer.from(`\uFEFF${text}`)]) {
        expect(findEncodingProblem(bytes)).toBeUndefined();
        expect(decodeUtf8(bytes)).toBe(text);
      }
    }),
  );
});

test.each([
  ['UTF-16 with a byte order mark', utf16(`\uFEFF${TEXT}`), 'UTF-16'],
  ['big-endian UTF-16 with one', utf16(`\uFEFF${TEXT}`).swap16(), 'UTF-16'],
  ['UTF-16 without one', utf16(TEXT), 'UTF-16LE'],
  ['big-endian UTF-16 without one', utf16(TEXT).swap16(), 'UTF-16BE'],
  ['windows-1252', Buffer.from(TEXT, 'latin1'), 'WINDOWS-1252'],
  ['bytes', Buffer.from([0, 0, 0, 0, 1, 2]), undefined],
])('%s is recognised', (_, bytes, from) => {
  expect(findEncodingProblem(bytes)).toMatchObject({ from });
});

test('the line of an invalid character is reported', () => {
  const bytes = Buffer.concat([Buffer.from('A=é\nB=2\nC='), Buffer.from([0xe9, 0x0a])]);
  expect(findEncodingProblem(bytes)?.problem).toContain('line 3');
});
