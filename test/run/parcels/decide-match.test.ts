import { expect, test } from 'vitest';
import { decideMatch } from '../../../src/run/parcels/decide-match.ts';

const place = { number: '120', street: 'MAPLE', unit: '', zip: '77055' };
const elsewhere = { ...place, number: '122' };
const nowhere = { number: '', street: '', unit: '', zip: '' };
const at = (account: string, address: typeof place) => ({ account, address });

test('a number that exists is a match, and a certain one if the address agrees', () => {
  expect(decideMatch({ numbered: [at('1', place)], near: [], address: place })).toEqual({
    account: '1',
    method: 'number',
    score: 1,
  });
  const lot = decideMatch({ numbered: [at('1', elsewhere)], near: [at('2', place)], address: place });
  expect(lot).toEqual({ account: '1', method: 'number', score: 0.95 });
});

test('several numbers are a match only if the address selects one of them', () => {
  const numbered = [at('1', elsewhere), at('2', place)];
  expect(decideMatch({ numbered, near: [], address: place })).toMatchObject({
    account: '2',
    method: 'address',
  });
  expect(decideMatch({ numbered, near: [], address: nowhere })).toBe('ambiguous');
});

test('without a number, the address and its unit decide', () => {
  const units = [at('1', { ...place, unit: '1' }), at('2', { ...place, unit: '2' })];
  expect(decideMatch({ numbered: [], near: units, address: { ...place, unit: '2' } })).toMatchObject({
    account: '2',
    method: 'address',
  });
  expect(decideMatch({ numbered: [], near: units, address: place })).toBe('ambiguous');
  const one = decideMatch({ numbered: [], near: [at('1', place)], address: { ...place, unit: '7' } });
  expect(one).toMatchObject({ account: '1', method: 'address-without-unit', score: 0.6 });
});

test('another street, or no address, is no match', () => {
  expect(decideMatch({ numbered: [], near: [at('1', elsewhere)], address: place })).toBe('none');
  expect(decideMatch({ numbered: [], near: [at('1', nowhere)], address: nowhere })).toBe('none');
});
