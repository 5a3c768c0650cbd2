import { expect, test } from 'vitest';
import { passThroughLatin1, undoLatin1 } from '../../src/lib/latin1.ts';

/** As a server reads UTF-8 that it takes for latin1. */
function readAsLatin1(text: string): string {
  return new TextDecoder('windows-1252').decode(Buffer.from(text));
}

test.each(['chef’s kitchen 🏊', 'ÁÍÏÐÝ piñon ½ ≈', '{"a":"—"}', '中文'])('restores %s', (text) => {
  expect(readAsLatin1(text)).not.toBe(text);
  expect(undoLatin1(readAsLatin1(text))).toBe(text);
});

test.each(['', 'plain', 'chef’s', 'piñon', 'â€™ and ’'])('%j cannot be text decoded as latin1', (text) => {
  expect(undoLatin1(text)).toBeUndefined();
});

test('latin1 keeps the low byte of characters it lacks', () => {
  expect(passThroughLatin1('chef’s piñon')).toBe('chef\u0019s piñon');
});
