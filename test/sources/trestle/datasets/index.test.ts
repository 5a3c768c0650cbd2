import { describe, expect, test } from 'vitest';
import { defineDataset, decimal, string } from '../../../../src/dataset/describe.ts';
import { resources } from '../../../../src/sources/trestle/datasets/index.ts';
import { nameOf } from '../../../../src/dataset/names.ts';
import {
  cursorField,
  hasParentVersion,
  parentFields,
  parentLink,
  versionField,
} from '../../../../src/dataset/reading.ts';

describe('resources', () => {
  test('parents come before their children', () => {
    const seen = new Set<string>();
    for (const each of resources) {
      const link = parentLink(each);
      if (link !== undefined) expect(seen).toContain(link.parent);
      seen.add(each.name);
    }
    expect([...seen].slice(0, 2)).toEqual(['Property', 'Media']);
    expect(seen.size).toBe(resources.length);
  });

  test.each(resources)('$name describes every field that it depends on, with the required type', (found) => {
    const kinds = new Map(found.fields.map((field) => [field.name, field.type.kind]));
    expect(kinds.get(found.key)).toBe('key');
    expect(kinds.get(cursorField(found))).toBe('timestamp');
    expect(kinds.get(versionField(found))).toBe('timestamp');
    for (const name of parentFields(found)) expect(kinds.get(name)).toBe('key');
    for (const name of found.volatile) expect(kinds.has(name)).toBe(true);
  });

  test.each(resources)(
    '$name has a separate column for each field, and each column maps back to its field',
    (found) => {
      const columns = found.fields.map((field) => field.column);
      expect(new Set(columns).size).toBe(columns.length);
      expect(columns.map(nameOf)).toEqual(found.fields.map((field) => field.name));
    },
  );

  test('no column needs a special name', () => {
    const columns = resources.flatMap(({ fields }) => fields.map(({ column }) => column));
    expect(columns.filter((column) => column.startsWith('x__'))).toEqual([]);
  });

  test('member passwords have no column', () => {
    const names = resources.flatMap(({ fields }) => fields.map(({ name }) => name));
    expect(names).toContain('MemberLoginId');
    expect(names.filter((name) => /password/i.test(name))).toEqual([]);
  });

  test('a dataset without a timestamp belongs to one with a timestamp', () => {
    const timeless = resources.filter(hasParentVersion);
    expect(timeless.map(({ name }) => name)).toEqual(['CustomProperty']);
    for (const each of timeless) {
      expect(each.read).toMatchObject({ parent: 'Property', staleBy: 'version' });
      expect(cursorField(each)).toBe(each.version);
    }
  });

  test('promise 9: a new signature in a MediaURL is not a change', () => {
    expect(resources.find(({ name }) => name === 'Media')?.volatile).toContain('MediaURL');
  });

  test('a dataset cannot be changed', () => {
    const found = defineDataset({
      name: 'Thing',
      table: 'things',
      rawTable: 'things_raw',
      key: 'ThingKey',
      read: { kind: 'incremental', cursor: 'At' },
      version: 'At',
      volatile: [],
      fields: { ThingKey: { kind: 'key' }, Price: decimal(14, 2) },
    });
    expect(Object.isFrozen(found) && Object.isFrozen(found.fields)).toBe(true);
    expect(found.fields[1]).toEqual({
      name: 'Price',
      column: 'price',
      type: { kind: 'decimal', precision: 14, scale: 2 },
    });
  });

  test('a string is never declared shorter than MariaDB stores efficiently', () => {
    expect(
      [string(10), string(64), string(255)].map((type) => type.kind === 'string' && type.length),
    ).toEqual([64, 64, 255]);
  });
});
