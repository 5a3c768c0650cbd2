import { expect, test } from 'vitest';
import type { FeedField } from '../../src/dataset/feed-schema.ts';
import { parseType, formatType, columnTypeFor } from '../../src/dataset/types.ts';

test.each([
  ['varchar(500)', 'varchar(500)'],
  ['VARCHAR( 12 )', 'varchar(64)'],
  ['varchar(16383)', 'varchar(16383)'],
  ['text', 'text'],
  ['LongText', 'longtext'],
  ['int', 'int'],
  ['bigint', 'bigint'],
  ['decimal(14, 2)', 'decimal(14,2)'],
  ['decimal(65,30)', 'decimal(65,30)'],
  ['boolean', 'boolean'],
  ['date', 'date'],
  ['datetime', 'datetime'],
])('%j is a type, %s', (words, printed) => {
  const type = parseType(words);
  expect(type).toBeDefined();
  expect(formatType(type!)).toBe(printed);
  expect(parseType(printed)).toEqual(type);
});

test.each([
  '',
  'blob',
  'varchar',
  'varchar(0)',
  'varchar(16384)',
  'varchar(5,2)',
  'varchar(5) NOT NULL',
  'decimal(66,2)',
  'decimal(2,3)',
  'decimal(40,31)',
  'decimal(5)',
  'text; DROP TABLE properties',
  'constructor',
  '__proto__',
])('%j is no type', (words) => {
  expect(parseType(words)).toBeUndefined();
});

test.each<[FeedField, string | undefined]>([
  [{ type: 'String', length: 10 }, 'varchar(64)'],
  [{ type: 'String', length: 1024 }, 'varchar(1024)'],
  [{ type: 'String', length: 1025 }, 'text'],
  [{ type: 'String', length: 16_384 }, 'longtext'],
  [{ type: 'String' }, 'longtext'],
  [{ type: 'String', isMany: true }, 'text'],
  [{ type: 'Enum', list: 'X', members: 3, longest: 70 }, 'varchar(100)'],
  [{ type: 'Enum', list: 'X', members: 3, longest: 170 }, 'varchar(170)'],
  [{ type: 'Enum', list: 'X', isMany: true }, 'text'],
  [{ type: 'Int16' }, 'int'],
  [{ type: 'Int64' }, 'bigint'],
  [{ type: 'Decimal', precision: 14, scale: 2 }, 'decimal(14,2)'],
  [{ type: 'Decimal', precision: 80, scale: 2 }, 'varchar(128)'],
  [{ type: 'Decimal' }, 'decimal(38,18)'],
  [{ type: 'Double' }, 'decimal(38,18)'],
  [{ type: 'Boolean' }, 'boolean'],
  [{ type: 'Date' }, 'date'],
  [{ type: 'DateTimeOffset', precision: 27 }, 'datetime'],
  [{ type: 'Guid' }, 'varchar(64)'],
  [{ type: 'GeographyPoint' }, undefined],
  [{ type: 'Stream', isMany: true }, undefined],
  [{ type: 'constructor' }, undefined],
])('promise 7: a field that the feed declares as %j has a column of type %s', (field, words) => {
  const type = columnTypeFor(field);
  expect(type === undefined ? undefined : formatType(type)).toBe(words);
});
