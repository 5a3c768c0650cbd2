import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatInteger } from '../../src/lib/number.ts';

test('a whole number is grouped as English does', () => {
  const numbers = fc.oneof(fc.maxSafeNat(), fc.integer({ min: 0, max: 1_000_000 }), fc.nat(1000));
  fc.assert(fc.property(numbers, (number) => formatInteger(number) === number.toLocaleString('en')));
  expect([0, 999, 1000, 1_234_567].map(formatInteger)).toEqual(['0', '999', '1,000', '1,234,567']);
});
