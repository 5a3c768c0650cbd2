import { expect, test } from 'vitest';
import { formatTable } from '../../src/lib/table.ts';

test('columns are as wide as their widest cell; numbers are right-aligned', () => {
  const lines = formatTable(
    [
      ['resource', 'rows', 'state'],
      ['Property', '12', 'fresh'],
      ['Media', '1,234', ''],
    ],
    new Set([1]),
  );
  expect(lines).toEqual(['resource   rows  state', 'Property     12  fresh', 'Media     1,234']);
});

test('a row with fewer cells than the first stays aligned', () => {
  expect(formatTable([['a', 'bbb'], ['ccc']])).toEqual(['a    bbb', 'ccc']);
});

test('no rows give no lines', () => {
  expect(formatTable([])).toEqual([]);
});
