import { describe, expect, test } from 'vitest';
import type { FeedField, FeedSchema } from '../../src/dataset/feed-schema.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import {
  diffSchemas,
  countChanges,
  formatChangeCounts,
  affectedFields,
  formatFeedType,
} from '../../src/dataset/schema-diff.ts';
import { withSelect } from '../../src/dataset/reading.ts';

type Fields = Readonly<Record<string, FeedField>>;

function schema(sets: Readonly<Record<string, Fields>>, key: readonly string[] = ['K']): FeedSchema {
  const described = Object.entries(sets).map(([name, fields]) => [name, { key, fields, links: {} }]);
  return { namespace: '', hash: '', sets: Object.fromEntries(described) };
}

const one = (field: FeedField): FeedSchema => schema({ Property: { City: field } });

describe('a difference', () => {
  test('is empty between equal schemas, regardless of the namespace', () => {
    const same = schema({ Property: { City: { type: 'String' } } });
    expect(diffSchemas(same, { ...same, namespace: 'Other' })).toEqual({
      setsAdded: [],
      setsRemoved: [],
      fields: [],
    });
  });

  test('has what was added and removed', () => {
    const before = schema({
      Property: { City: { type: 'String', length: 50 } },
      Media: { Order: { type: 'Int32' } },
    });
    const after = schema({ Property: { Roof: { type: 'Enum', isMany: true, list: 'Roof' } }, Member: {} });
    const diff = diffSchemas(before, after);
    expect(diff).toEqual({
      setsAdded: ['Member'],
      setsRemoved: ['Media'],
      fields: [
        { set: 'Property', field: 'City', kind: 'removed', before: 'String(50)', after: null },
        { set: 'Property', field: 'Roof', kind: 'added', before: null, after: 'Collection(Enum) of Roof' },
      ],
    });
    expect(countChanges(diff)).toEqual({ added: 2, removed: 2, changed: 0 });
    expect(formatChangeCounts(countChanges(diff))).toBe('+2 −2');
  });

  test.each<[string, FeedField, FeedField, string | undefined]>([
    ['another type', { type: 'String' }, { type: 'Int32' }, 'type'],
    ['one that became many', { type: 'String' }, { type: 'String', isMany: true }, 'type'],
    ['a longer text', { type: 'String', length: 50 }, { type: 'String', length: 60 }, 'grown'],
    ['a text without an end', { type: 'String', length: 50 }, { type: 'String' }, 'grown'],
    ['a shorter text', { type: 'String' }, { type: 'String', length: 50 }, 'shrunk'],
    [
      'more digits',
      { type: 'Decimal', precision: 9, scale: 2 },
      { type: 'Decimal', precision: 12, scale: 2 },
      'grown',
    ],
    [
      'more before, fewer behind the point',
      { type: 'Decimal', precision: 9, scale: 4 },
      { type: 'Decimal', precision: 12, scale: 2 },
      'shrunk',
    ],
    [
      'a new value in its list',
      { type: 'Enum', list: 'A', members: 3, longest: 4 },
      { type: 'Enum', list: 'A', members: 4, longest: 9 },
      undefined,
    ],
  ])('of a field is %s', (_, before, after, kind) => {
    const diff = diffSchemas(one(before), one(after));
    expect(diff.fields.map((each) => each.kind)).toEqual(kind === undefined ? [] : [kind]);
    expect(countChanges(diff)).toEqual({ added: 0, removed: 0, changed: kind === undefined ? 0 : 1 });
  });

  test('is another key', () => {
    const sets = { Property: {} };
    expect(diffSchemas(schema(sets, ['A']), schema(sets, ['A', 'B'])).fields).toEqual([
      { set: 'Property', field: '(key)', kind: 'type', before: 'A', after: 'A, B' },
    ]);
  });
});

test('affected fields were removed or retyped and are requested or have a column', () => {
  const text: FeedField = { type: 'String' };
  const before = schema({
    Property: { City: text, Roof: text, View: text, YearBuilt: text, PostalCode: text },
  });
  const after = schema({
    Property: { YearBuilt: { type: 'Int32' }, PostalCode: { ...text, length: 5 }, X_New: text },
  });
  const diff = diffSchemas(before, after);
  expect(affectedFields(diff, [property])).toEqual(['Property.City', 'Property.YearBuilt']);
  expect(affectedFields(diff, [withSelect(property, ['Roof'])])).toContain('Property.Roof');
  expect(affectedFields(diffSchemas(before, schema({})), [property])).toEqual(['Property']);
  expect(affectedFields(diff, [{ ...property, name: 'Media' }])).toEqual([]);
});

test.each<[FeedField, string]>([
  [{ type: 'Boolean' }, 'Boolean'],
  [{ type: 'DateTimeOffset', precision: 27 }, 'DateTimeOffset(27)'],
  [{ type: 'Decimal', precision: 14, scale: 2 }, 'Decimal(14,2)'],
  [{ type: 'String', length: 50, list: 'City' }, 'String(50) of City'],
])('a type is written as %o', (field, text) => {
  expect(formatFeedType(field)).toBe(text);
});
