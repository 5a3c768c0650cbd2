import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAmount, parseQuantity } from '../../../../src/sources/items/map/number.ts';
import { convertDecimal, convertInteger } from '../../../../src/transform/numbers.ts';

const digits = fc.stringMatching(/^-?[0159]{1,17}(?:\.[0159]{1,8})?$/);

test('a number that is taken as it is written is what converting it gives', () => {
  fc.assert(
    fc.property(digits, (text) => {
      expect(parseAmount(text, '.').value).toBe(convertDecimal(text, 24, 6).value);
      expect(parseQuantity(text, '.').value).toBe(convertInteger(text, 63n).value);
    }),
  );
});

test.each(['115419.01', '-3', '0', '0.5', '-0', '-0.5', '1.10', '007'])('%s', (text) => {
  expect(parseAmount(text, '.').value).toBe(convertDecimal(text, 24, 6).value);
});
