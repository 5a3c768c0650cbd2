import fc from 'fast-check';
import { stamp } from '../../src/sandbox/trestle/instant.ts';
import type { SandboxRecord } from '../../src/sandbox/trestle/record.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

/** How often each property is tried; fast-check tells the seed of a case that fails. */
export const CASES = { numRuns: 100 } as const;

/** For a whole property, shrinking included: nothing is asserted about time. */
export const PATIENCE = 4 * PATIENCE_MS;

/** Characters that mean something in addresses, forms, filters, SQL, headers or JSON. */
const meaningful = fc.constantFrom(
  ...Array.from(' &=+%#?/:;,\'"\\`()[]{}<>$@!*~|^-_.0aZ'),
  '\t',
  '\n',
  'é',
  'ß',
  '樹',
  '🏡',
  '‮',
);

/** Any text that can be sent: no half surrogates. */
export const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.array(meaningful, { maxLength: 12 }).map((characters) => characters.join('')),
);

/** A key of a record: any text that is not empty. */
export const anyKey = anyText.filter((text) => text !== '' && Array.from(text).length <= 255);

/** Keys of which no two are the same, though some are alike but for case, accent or a space. */
export function keys(length: {
  readonly minLength: number;
  readonly maxLength: number;
}): fc.Arbitrary<string[]> {
  const alike = fc.constantFrom('a', 'A', 'á', 'a ', ' a', 'aa', '1', '01', '10', '2', "o'b", 'ss', 'ß');
  return fc.uniqueArray(fc.oneof({ weight: 2, arbitrary: alike }, { weight: 1, arbitrary: anyKey }), length);
}

/** Days of 2025, to the millisecond: in the past of every test. */
export const anyInstant = fc.integer({ min: Date.UTC(2025, 0), max: Date.UTC(2026, 0) - 1 });

/** The least that a listing is: a key and a time. */
export function listingAt(key: string, at: number, more: SandboxRecord = {}): SandboxRecord {
  return { ListingKey: key, ModificationTimestamp: stamp(at), ...more };
}
