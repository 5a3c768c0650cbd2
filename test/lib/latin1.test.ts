import { expect, test } from 'vitest';
import { passThroughLatin1, undoLatin1 } from '../../src/lib/latin1.ts';

test.each([
  ['chefâ€™s kitchen ðŸ\u008fŠ', 'chef’s kitchen 🏊'],
  ['Ã\u0081Ã\u008dÃ\u008fÃ\u0090Ã\u009d piÃ±on Â½ â‰ˆ', 'ÁÍÏÐÝ piñon ½ ≈'],
  ['{"a":"â€”"}', '{"a":"—"}'],
  ['ä¸\u00adæ–‡', '中文'],
])('%j becomes %j', (decoded, text) => {
  expect(undoLatin1(decoded)).toBe(text);
});

test.each(['', 'plain', 'chef’s', 'piñon', 'â€™ and ’'])('%j cannot be text decoded as latin1', (text) => {
  expect(undoLatin1(text)).toBeUndefined();
});

test('latin1 keeps the low byte of characters it lacks', () => {
  expect(passThroughLatin1('chef’s piñon')).toBe('chef\u0019s piñon');
});
