import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../../src/dataset/dataset.ts';
import type { FeedSchema } from '../../../src/dataset/feed-schema.ts';
import { limitToLicence } from '../../../src/sources/trestle/licence.ts';
import { media } from '../../../src/sources/trestle/datasets/media.ts';
import { property } from '../../../src/sources/trestle/datasets/property.ts';
import { photoFields, selectOf, withCursor, withSelect } from '../../../src/dataset/reading.ts';
import { customProperty } from '../../../src/sources/trestle/datasets/custom-property.ts';

const NEEDED = ['ListingKey', 'ModificationTimestamp', 'PhotosCount', 'PhotosChangeTimestamp'];

function schemaWith(sets: Record<string, readonly string[]>): FeedSchema {
  const described = Object.entries(sets).map(([name, fields]) => [
    name,
    { key: [], links: {}, fields: Object.fromEntries(fields.map((field) => [field, { type: 'String' }])) },
  ]);
  return { namespace: '', hash: '', sets: Object.fromEntries(described) };
}

const licence = (...fields: readonly string[]): FeedSchema => schemaWith({ Property: fields });

describe('the fields that a run requests', () => {
  test('are limited to the licence, in the same order', () => {
    const asked = withSelect(property, [...NEEDED, 'City', 'Roof', 'YearBuilt']);
    const {
      dataset: resource,
      omittedFields: leftOut,
      unavailable: lacks,
    } = limitToLicence(asked, licence(...NEEDED, 'YearBuilt', 'City'));
    expect(selectOf(resource)).toEqual([...NEEDED, 'City', 'YearBuilt']);
    expect([leftOut, lacks]).toEqual([['Roof'], undefined]);
    expect(photoFields(resource)).toEqual(photoFields(property));
    expect(resource.fields).toBe(property.fields);
  });

  test('stay all if none are requested by name', () => {
    const { dataset: resource, omittedFields: leftOut } = limitToLicence(property, licence(...NEEDED));
    expect(selectOf(resource)).toBeUndefined();
    expect(leftOut).toEqual([]);
  });

  test('report which of the user’s own columns the feed does not know, unless they are omitted', () => {
    const added = { Roof: 'text', Rooof: 'text' } as unknown as NonNullable<Dataset['added']>;
    const own: Dataset = { ...property, added };
    expect(limitToLicence(own, licence(...NEEDED, 'Roof')).unknownFields).toEqual(['Rooof']);
    const asked = withSelect(own, [...NEEDED, 'Roof', 'Rooof']);
    expect(limitToLicence(asked, licence(...NEEDED, 'Roof'))).toMatchObject({
      omittedFields: ['Rooof'],
      unknownFields: [],
      nearestFields: { Rooof: 'Roof' },
    });
    expect(limitToLicence(property, licence(...NEEDED)).nearestFields).toEqual({});
  });

  test.each(['PhotosCount', 'PhotosChangeTimestamp'])('has no photo fields to compare without %s', (lost) => {
    const { dataset: resource } = limitToLicence(
      property,
      licence(...NEEDED.filter((name) => name !== lost)),
    );
    expect(photoFields(resource)).toBeUndefined();
  });

  test('do not match properties of every object', () => {
    const asked = withSelect(property, [...NEEDED, 'constructor', 'toString']);
    expect(limitToLicence(asked, licence(...NEEDED)).omittedFields).toEqual(['constructor', 'toString']);
  });
});

describe('a dataset is unavailable', () => {
  test.each<[string, Dataset, FeedSchema]>([
    ['a set that is not there', media, licence(...NEEDED)],
    ['one without its key', property, licence('ModificationTimestamp')],
    ['one without its version', property, licence('ListingKey')],
    ['one without its cursor', withCursor(property, 'PriceChangeTimestamp'), licence(...NEEDED)],
    ['a child without its parent’s key', media, schemaWith({ Media: ['MediaKey', 'ModificationTimestamp'] })],
  ])('%s', (_, resource, schema) => {
    expect(limitToLicence(resource, schema).unavailable).toMatch(/^the feed's \$metadata has no /);
  });

  test('but not for a missing timestamp if it has none', () => {
    expect(
      limitToLicence(customProperty, schemaWith({ CustomProperty: ['ListingKey'] })).unavailable,
    ).toBeUndefined();
  });
});
