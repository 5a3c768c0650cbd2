import { expect, test } from 'vitest';
import { createSideTable, createView } from '../../src/load/alter.ts';
import { partsOf, tablesOf } from '../../src/load/parts.ts';
import { maxRowsPerStatement, upsertRows, upsertSide } from '../../src/load/statement.ts';
import { withAdditions } from '../../src/dataset/additions.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';

const wide = withAdditions(property, {
  A: { type: 'text', table: 'properties_3' },
  B: { type: 'text' },
  C: { type: 'text', table: 'properties_2' },
  D: { type: 'text', table: 'properties_3' },
});

test('a dataset without side tables has one part, with all fields', () => {
  expect(partsOf(property).sides).toEqual([]);
  expect(partsOf(property).main.fields).toEqual(property.fields);
  expect(tablesOf(property)).toEqual(['properties']);
});

test('each part has its fields, and the positions of their values in a row', () => {
  const { main, sides } = partsOf(wide);
  const count = property.fields.length;
  expect(main.fields.map(({ name }) => name)).toEqual([...property.fields.map(({ name }) => name), 'B']);
  expect(main.positions.at(-1)).toBe(count + 1);
  expect(sides).toEqual([
    { table: 'properties_2', positions: [count + 2], fields: [wide.fields[count + 2]] },
    {
      table: 'properties_3',
      positions: [count, count + 3],
      fields: [wide.fields[count], wide.fields[count + 3]],
    },
  ]);
  expect(tablesOf(wide)).toEqual(['properties', 'properties_2', 'properties_3']);
});

test('statements write each part to its table', () => {
  expect(upsertRows(wide, 1)).toContain('`b`');
  expect(upsertRows(wide, 1)).not.toContain('`c`');
  expect(upsertSide(wide, partsOf(wide).sides[1]!, 2)).toBe(
    'INSERT INTO `properties_3` (`listing_key`, `a`, `d`) VALUES (?, ?, ?), (?, ?, ?) ' +
      'ON DUPLICATE KEY UPDATE `listing_key` = IF(CAST(`listing_key` AS BINARY) = CAST(VALUES(`listing_key`) AS BINARY), `listing_key`, NULL), ' +
      '`a` = VALUES(`a`), `d` = VALUES(`d`)',
  );
  expect(maxRowsPerStatement(wide)).toBe(
    maxRowsPerStatement(withAdditions(property, { B: { type: 'text' } })),
  );
  expect(createSideTable(wide, 'properties_2', 'utf8mb4_bin')).toContain(
    'COLLATE utf8mb4_bin NOT NULL, PRIMARY KEY',
  );
  expect(createView(wide, ['listing_key', 'b'])).toBe(
    'CREATE OR REPLACE SQL SECURITY INVOKER VIEW `properties_all` AS SELECT `properties`.`listing_key`, ' +
      '`properties`.`b`, `properties_2`.`c`, `properties_3`.`a`, `properties_3`.`d` FROM `properties` ' +
      'LEFT JOIN `properties_2` ON `properties_2`.`listing_key` = `properties`.`listing_key` ' +
      'LEFT JOIN `properties_3` ON `properties_3`.`listing_key` = `properties`.`listing_key`',
  );
});
