import { expect, test } from 'vitest';
import { findNearest } from '../../src/lib/edit-distance.ts';

test.each([
  ['Applianses', 'Appliances'],
  ['APPLIANCES', 'Appliances'],
  ['Rof', 'Roof'],
  ['Nothing', undefined],
  ['', undefined],
])('the field that is nearest to "%s" is %s', (name, nearest) => {
  expect(findNearest(name, ['Roof', 'RoofType', 'Appliances'])).toBe(nearest);
});
