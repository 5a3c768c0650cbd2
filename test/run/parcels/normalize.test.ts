import { describe, expect, test } from 'vitest';
import {
  normalizeAddress,
  normalizeParcelNumbers,
  normalizeStreet,
} from '../../../src/run/parcels/normalize.ts';

const HARRIS = { keep: 'alphanumeric', padTo: 13, minLength: 10 } as const;
const EXACT = { keep: 'exact', padTo: 0, minLength: 1 } as const;

describe('parcel numbers of Harris County', () => {
  test.each([
    ['0990010000012', ['0990010000012']],
    ['099-001-000-0012', ['0990010000012']],
    ['099 001 000 0012', ['0990010000012']],
    ['990010000012', ['0990010000012']],
    ['0990010000012, 0990010000013', ['0990010000012', '0990010000013']],
    ['0990010000012 & 990010000012', ['0990010000012']],
    ['na', []],
    ['0', []],
    ['TBD', []],
    ['0000000000000', []],
    ['12345', []],
    ['09900100000123', []],
    ['', []],
    [null, []],
  ])('%s', (text, numbers) => {
    expect(normalizeParcelNumbers(HARRIS, text)).toEqual(numbers);
  });
});

test('other counties keep what tells their numbers apart', () => {
  expect(normalizeParcelNumbers(EXACT, ' 143-6 ')).toEqual(['143-6']);
  expect(normalizeParcelNumbers(EXACT, '14-36')).toEqual(['14-36']);
});

test.each([
  ['Crenshaw Rd', 'CRENSHAW'],
  ['CRENSHAW', 'CRENSHAW'],
  ['N. Crenshaw Road', 'CRENSHAW'],
  ['North', 'N'],
  ['Park Row Dr', 'PARK'],
  ['West 18th Street', '18TH'],
  ['', ''],
])('street %s', (text, street) => {
  expect(normalizeStreet(text)).toBe(street);
});

test('an address keeps five digits of the zip, and its unit without the word before it', () => {
  const parts = { number: '0120', street: 'Maple St', unit: 'Apt 4-B', zip: '77055-1234' };
  expect(normalizeAddress(parts)).toEqual({ number: '120', street: 'MAPLE', unit: '4B', zip: '77055' });
  expect(normalizeAddress({ number: null, street: null, unit: '#4b', zip: null })).toEqual({
    number: '',
    street: '',
    unit: '4B',
    zip: '',
  });
});
