import { expect, test } from 'vitest';
import { allocateColumns } from '../../src/load/allocate-columns.ts';
import { sqlType } from '../../src/load/sql-type.ts';
import {
  MAX_COLUMNS,
  MAX_PAGE_BYTES,
  MAX_ROW_BYTES,
  totalWidth,
  widthOf,
} from '../../src/load/column-width.ts';
import type { Field, FieldType } from '../../src/dataset/dataset.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';

function fieldsOf(count: number, type: FieldType): Field[] {
  return Array.from({ length: count }, (_, index) => ({ name: `F${index}`, column: `f${index}`, type }));
}

const text: FieldType = { kind: 'text' };
const own = property.fields.map((field) => sqlType(field.type));
const here = new Map([['properties', own]]);

test.each([
  ['varchar(64)', 258, 41],
  ['varchar(63)', 254, 253],
  ['varchar(5)', 22, 41],
  ['varchar(255)', 1022, 41],
  ['text', 12, 41],
  ['mediumtext', 12, 41],
  ['decimal(14,2)', 7, 7],
  ['decimal(38,18)', 17, 17],
  ['datetime(3)', 7, 7],
  ['datetime', 5, 5],
  ['int', 4, 4],
  ['bigint', 8, 8],
  ['tinyint(1)', 1, 1],
  ['date', 3, 3],
  ['geometry', 12, 41],
])('a %s uses %i bytes of the row and %i of the page', (type, row, page) => {
  expect(widthOf(type)).toEqual({ row, page });
});

test('columns that fit are in the main table, as requested', () => {
  const wished = fieldsOf(10, { kind: 'string', length: 500 });
  expect(allocateColumns(property, wished, here)).toEqual(wished.map((field) => ({ field, notes: [] })));
});

test('a VARCHAR that does not fit in the row becomes a TEXT, with a note', () => {
  const wished = fieldsOf(20, { kind: 'string', length: 1024 });
  const placed = allocateColumns(property, wished, here);
  const types = placed.map(({ field }) => field.type.kind);
  expect(types[0]).toBe('string');
  expect(types.at(-1)).toBe('text');
  expect(placed.every(({ field }) => field.table === undefined)).toBe(true);
  expect(placed.at(-1)!.notes).toEqual([
    'F19: text instead of varchar(1024), as a row has no room for it (65535 bytes)',
  ]);
});

test('columns that do not fit in the page go to side tables, and small ones still fit in the main table', () => {
  const placed = allocateColumns(
    property,
    [...fieldsOf(500, text), ...fieldsOf(1, { kind: 'integer' })],
    here,
  );
  const tables = placed.map(({ field }) => field.table ?? 'properties');
  const count = (table: string): number => tables.filter((each) => each === table).length;
  expect(count('properties_2')).toBe(190);
  expect(count('properties_3')).toBe(190);
  expect(new Set(tables).size).toBe(4);
  expect(tables.at(-1)).toBe('properties');
  expect(placed.find(({ field }) => field.table === 'properties_2')!.notes[0]).toContain('in properties_2');
});

test('free space in a side table is used first', () => {
  const full = new Map([
    ['properties', Array.from({ length: 180 }, () => 'text')],
    ['properties_2', ['varchar(255)', 'text']],
  ]);
  expect(allocateColumns(property, fieldsOf(1, text), full)[0]!.field.table).toBe('properties_2');
});

test('no table is wider than the measured limits, and the main table keeps space for later columns', () => {
  const kinds: FieldType[] = [
    text,
    { kind: 'string', length: 300 },
    { kind: 'decimal', precision: 14, scale: 2 },
  ];
  const wished = kinds.flatMap((type, kind) =>
    fieldsOf(700, type).map((field) => ({ ...field, name: `K${kind}${field.name}` })),
  );
  const types = new Map<string, string[]>([['properties', [...own]]]);
  for (const { field } of allocateColumns(property, wished, here)) {
    const table = field.table ?? 'properties';
    types.set(table, [...(types.get(table) ?? ['varchar(255)']), sqlType(field.type)]);
  }
  expect(types.size).toBeGreaterThan(4);
  for (const [table, list] of types) {
    const { row, page } = totalWidth(list);
    const isOwn = table === 'properties';
    expect(row).toBeLessThanOrEqual(isOwn ? MAX_ROW_BYTES - 4096 : MAX_ROW_BYTES);
    expect(page).toBeLessThanOrEqual(isOwn ? MAX_PAGE_BYTES - 820 : MAX_PAGE_BYTES);
    expect(list.length).toBeLessThanOrEqual(MAX_COLUMNS);
  }
});
