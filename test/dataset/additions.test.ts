import { describe, expect, test } from 'vitest';
import { findAdditionProblems, withAdditions } from '../../src/dataset/additions.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { selectOf, withSelect } from '../../src/dataset/reading.ts';

describe('withAdditions', () => {
  test('appends them to the dataset’s own fields, in an order independent of the file', () => {
    const one = withAdditions(property, { Zoning: { type: 'varchar(64)' }, Appliances: { type: 'text' } });
    const other = withAdditions(property, { Appliances: { type: 'TEXT' }, Zoning: { type: 'varchar(10)' } });
    expect(one.fields.slice(0, -2)).toEqual(property.fields);
    expect(one.fields.slice(-2)).toEqual([
      { name: 'Appliances', column: 'appliances', type: { kind: 'text' } },
      { name: 'Zoning', column: 'zoning', type: { kind: 'string', length: 64 } },
    ]);
    expect(other.fields).toEqual(one.fields);
  });

  test('replaces previous additions', () => {
    const once = withAdditions(property, { Appliances: { type: 'text', table: 'properties_2' } });
    expect(withAdditions(once, { Zoning: { type: 'text' } })).toEqual(
      withAdditions(property, { Zoning: { type: 'text' } }),
    );
    expect(withAdditions(once, {})).toEqual({ ...property });
  });

  test('requests them from the feed if only some fields are requested', () => {
    const some = withSelect(property, ['ListingKey', 'City']);
    const added = withAdditions(some, { Appliances: { type: 'text' } });
    expect(selectOf(added)).toEqual(['ListingKey', 'City', 'Appliances']);
    expect(selectOf(withAdditions(added, {}))).toEqual(['ListingKey', 'City']);
    expect(selectOf(withAdditions(property, { Appliances: { type: 'text' } }))).toBeUndefined();
  });
});

describe('findAdditionProblems', () => {
  const all = [property, media];

  test('finds no problem in valid additions', () => {
    const additions = {
      Property: { X_Pets: { type: 'int', index: true, table: 'properties_3' } },
      Media: {},
    } as const;
    expect(findAdditionProblems(additions, all)).toEqual([]);
  });

  test('promise 21: reports every problem with its path', () => {
    const additions = {
      House: { A: { type: 'int' } },
      Property: {
        City: { type: 'text' },
        Pets: { type: 'blob', table: 'media_2' },
        ['A'.repeat(80)]: { type: 'int' },
        CreatedAt: { type: 'datetime' },
      },
    };
    expect(findAdditionProblems(additions, all)).toEqual([
      'resources.House: unknown resource; known resources: Property, Media',
      'resources.Property.City: is already a column of trestle-etl',
      expect.stringMatching(/^resources\.Property\.Pets\.type is "blob": must be one of varchar\(n\)/),
      'resources.Property.Pets.table is "media_2": must be properties_2 to properties_9',
      expect.stringMatching(/^resources\.Property\.A+: no column name for a field of 80 characters/),
      'resources.Property.CreatedAt: its column would be created_at, which trestle-etl manages itself',
    ]);
  });
});
