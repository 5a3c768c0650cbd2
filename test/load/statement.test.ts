import { describe, expect, test } from 'vitest';
import {
  columnFor,
  deleteKeys,
  keyColumn,
  maxRowsPerStatement,
  selectKeysOfParents,
  selectStored,
  upsertPayloads,
  upsertRows,
} from '../../src/load/statement.ts';
import type { Dataset } from '../../src/dataset/dataset.ts';
import { resources } from '../../src/sources/trestle/datasets/index.ts';

const things: Dataset = {
  name: 'Thing',
  table: 'things',
  rawTable: 'things_raw',
  key: 'ThingKey',
  version: 'At',
  volatile: [],
  read: {
    kind: 'children',
    parent: 'Box',
    field: 'BoxKey',
    staleBy: 'photos',
    columnPrefix: 'media',
    versionFrom: 'record',
    cursor: 'At',
  },
  fields: [
    { name: 'ThingKey', column: 'thing_key', type: { kind: 'key' } },
    { name: 'BoxKey', column: 'box_key', type: { kind: 'key' } },
    { name: 'Order', column: 'order', type: { kind: 'integer' } },
    { name: 'At', column: 'at', type: { kind: 'timestamp' } },
  ],
};

describe('statements', () => {
  test('rows are inserted, or replace what changes; key and created_at stay', () => {
    expect(upsertRows(things, 2)).toBe(
      'INSERT INTO `things` (`thing_key`, `box_key`, `order`, `at`, `content_hash`, `run_id`, `created_at`, `updated_at`) ' +
        'VALUES (?, ?, ?, ?, ?, ?, ?, ?), (?, ?, ?, ?, ?, ?, ?, ?) ' +
        'ON DUPLICATE KEY UPDATE `thing_key` = IF(CAST(`thing_key` AS BINARY) = CAST(VALUES(`thing_key`) AS BINARY), `thing_key`, NULL), ' +
        '`box_key` = VALUES(`box_key`), `order` = VALUES(`order`), `at` = VALUES(`at`), ' +
        '`content_hash` = VALUES(`content_hash`), `run_id` = VALUES(`run_id`), `updated_at` = VALUES(`updated_at`), ' +
        'deleted_at = NULL',
    );
  });

  test('payloads are kept beside the rows', () => {
    expect(upsertPayloads(things, 2)).toBe(
      'INSERT INTO `things_raw` (`thing_key`, `payload`) VALUES (?, ?), (?, ?) ON DUPLICATE KEY UPDATE ' +
        '`thing_key` = IF(CAST(`thing_key` AS BINARY) = CAST(VALUES(`thing_key`) AS BINARY), `thing_key`, NULL), `payload` = VALUES(`payload`)',
    );
  });

  test('stored rows are read by key, and child sets by parent', () => {
    expect(selectStored(things, 2)).toBe(
      'SELECT `thing_key` AS record_key, `at` AS version, content_hash AS hash, deleted_at IS NOT NULL AS deleted ' +
        'FROM `things` WHERE `thing_key` IN (?, ?)',
    );
    expect(selectKeysOfParents(things, 'box_key', 1)).toBe(
      'SELECT `thing_key` AS record_key, `box_key` AS parent, deleted_at IS NOT NULL AS deleted FROM `things` WHERE `box_key` IN (?)',
    );
    expect(deleteKeys('things_raw', things, 3)).toBe(
      'DELETE FROM `things_raw` WHERE `thing_key` IN (?, ?, ?)',
    );
  });

  test('a back-tick in a name cannot end the name', () => {
    expect(deleteKeys('a`; DROP', things, 1)).toContain('`a``; DROP`');
  });

  test.each(resources)(
    '$name: a statement of the most rows stays within MySQL’s 65,535 placeholders',
    (dataset) => {
      const count = maxRowsPerStatement(dataset);
      const marks = (rows: number): number => upsertRows(dataset, rows).split('?').length - 1;
      expect(marks(count)).toBeLessThanOrEqual(65_535);
      expect(marks(count + 1)).toBeGreaterThan(65_535);
    },
  );

  test('columns are known by their fields', () => {
    expect([keyColumn(things), columnFor(things, 'Order')]).toEqual(['thing_key', 'order']);
    expect(() => columnFor(things, 'Color')).toThrow('Thing has no field Color');
  });
});
