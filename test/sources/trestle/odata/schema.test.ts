import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEdm } from '../../../../src/sources/trestle/odata/edm.ts';
import { buildFeedSchema } from '../../../../src/sources/trestle/odata/schema.ts';
import type { FeedSchema } from '../../../../src/dataset/feed-schema.ts';
import { writeMetadata } from '../../../../src/sandbox/trestle/odata/metadata.ts';
import { sets as served } from '../../../../src/sandbox/trestle/sets.ts';

const RESO = resolve(import.meta.dirname, '../../../../../shared/data/RESODataDictionary-2.0.xml');

const read = (text: string): FeedSchema => buildFeedSchema(readEdm(text));

/** A document of these schemas' contents. */
function document(...schemas: readonly (readonly [attributes: string, content: string])[]): string {
  const inner = schemas.map(([attributes, content]) => `<Schema ${attributes}>${content}</Schema>`).join('');
  return `<?xml version="1.0"?><edmx:Edmx Version="4.0" xmlns:edmx="x"><edmx:DataServices>${inner}</edmx:DataServices></edmx:Edmx>`;
}

const entity = (name: string, content: string, attributes = ''): string =>
  `<EntityType Name="${name}" ${attributes}>${content}</EntityType>`;

const field = (name: string, type: string, rest = ''): string =>
  `<Property Name="${name}" Type="${type}" ${rest}/>`;

const container = (...sets: readonly (readonly [name: string, type: string])[]): string =>
  `<EntityContainer Name="C">${sets.map(([name, type]) => `<EntitySet Name="${name}" EntityType="${type}"/>`).join('')}</EntityContainer>`;

/** The fields of a type with this content. */
const fieldsOf = (content: string, more = ''): FeedSchema['sets'][string]['fields'] =>
  read(document(['Namespace="N"', entity('A', content) + more])).sets['A']!.fields;

const hash = (content: string): string => read(document(['Namespace="N"', entity('A', content)])).hash;

describe('the types of fields', () => {
  test.each([
    ['Edm.String', 'MaxLength="50"', { type: 'String', length: 50 }],
    ['Edm.String', 'MaxLength="max"', { type: 'String' }],
    ['Edm.Decimal', 'Precision="14" Scale="2"', { type: 'Decimal', precision: 14, scale: 2 }],
    ['Edm.Decimal', 'Precision="14" Scale="variable"', { type: 'Decimal', precision: 14 }],
    ['Edm.DateTimeOffset', 'Precision="27"', { type: 'DateTimeOffset', precision: 27 }],
    ['Collection(Edm.String)', 'MaxLength="9"', { type: 'String', isMany: true, length: 9 }],
    ['Elsewhere.Unknown', '', { type: 'Unknown' }],
  ])('%s %s', (type, rest, meant) => {
    expect(fieldsOf(field('F', type, rest))['F']).toEqual(meant);
  });

  test('an enum type gives its list, and the length of its longest value', () => {
    const list = '<EnumType Name="Status"><Member Name="Active"/><Member Name="Pending𝕏"/></EnumType>';
    const status = { type: 'Enum', list: 'Status', members: 2, longest: 8 };
    expect(fieldsOf(field('F', 'N.Status'), list)['F']).toEqual(status);
    expect(fieldsOf(field('F', 'Collection(N.Status)'), list)['F']).toEqual({ ...status, isMany: true });
    const flags = list.replace('Name="Status"', 'Name="Status" IsFlags="true"');
    expect(fieldsOf(field('F', 'N.Status'), flags)['F']).toEqual({ ...status, isMany: true });
  });

  test('a string whose list an annotation names stays a string, for any position of the annotation', () => {
    const annotation = '<Annotation Term="RESO.OData.Metadata.LookupName" String="PropertyType"/>';
    const meant = { type: 'String', length: 20, list: 'PropertyType' };
    const inside = `<Property Name="F" Type="Edm.String" MaxLength="20">${annotation}</Property>`;
    expect(fieldsOf(inside)['F']).toEqual(meant);
    const apart = `<Annotations Target="N.A/F">${annotation}</Annotations>`;
    expect(fieldsOf(field('F', 'Edm.String', 'MaxLength="20"'), apart)['F']).toEqual(meant);
  });

  test('a type definition resolves to its underlying type, with its length unless the field has another', () => {
    const name = '<TypeDefinition Name="Name" UnderlyingType="Edm.String" MaxLength="30"/>';
    expect(fieldsOf(field('F', 'N.Name'), name)['F']).toEqual({ type: 'String', length: 30 });
    expect(fieldsOf(field('F', 'N.Name', 'MaxLength="5"'), name)['F']).toEqual({ type: 'String', length: 5 });
  });

  test('ignores names that are not OData identifiers: they would appear in queries and on terminals', () => {
    const content =
      field('Good', 'Edm.String') + field('a b', 'Edm.String') + field('&#x9b;31m', 'Edm.String');
    expect(Object.keys(fieldsOf(content + field('x'.repeat(129), 'Edm.String')))).toEqual(['Good']);
  });

  test('accepts fields with names of JavaScript’s object properties', () => {
    const found = fieldsOf(field('__proto__', 'Edm.Date') + field('constructor', 'Edm.Boolean'));
    expect(Object.entries(found)).toEqual([
      ['__proto__', { type: 'Date' }],
      ['constructor', { type: 'Boolean' }],
    ]);
  });

  test('properties of a complex type are not fields of an entity', () => {
    const complex = `<ComplexType Name="A">${field('Street', 'Edm.String')}</ComplexType>`;
    expect(Object.keys(fieldsOf(field('F', 'N.A'), complex))).toEqual(['F']);
  });
});

describe('the sets', () => {
  test('are those of the container, regardless of the names of their types', () => {
    const types = entity('ListingType', `<Key><PropertyRef Name="K"/></Key>${field('K', 'Edm.String')}`);
    const found = read(
      document(
        ['Namespace="a.b.types"', types],
        ['Namespace="Default"', container(['Property', 'a.b.types.ListingType'])],
      ),
    );
    expect(found.sets).toEqual({
      Property: { key: ['K'], fields: { K: { type: 'String' } }, links: {} },
    });
    expect(found.namespace).toBe('a.b.types');
  });

  test('are the types themselves without a container, or if the container omits them', () => {
    const [a, b] = [entity('A', field('F', 'Edm.Date')), entity('B', field('G', 'Edm.Date'))];
    expect(Object.keys(read(document(['Namespace="N"', a + b])).sets)).toEqual(['A', 'B']);
    const some = document(['Namespace="N"', a + b + container(['A', 'N.A'])]);
    expect(Object.keys(read(some).sets)).toEqual(['A', 'B']);
  });

  test('inherit from base types, over a chain and over schemas; a base type is not a set', () => {
    const base = entity('Base', `<Key><PropertyRef Name="K"/></Key>${field('K', 'Edm.String')}`);
    const middle = entity('Middle', field('M', 'Edm.Date'), 'BaseType="other.Base" Abstract="true"');
    const found = read(
      document(
        ['Namespace="N"', middle + entity('Top', field('T', 'Edm.Boolean'), 'BaseType="N.Middle"')],
        ['Namespace="other"', base],
      ),
    );
    expect(Object.keys(found.sets)).toEqual(['Top']);
    expect(found.sets['Top']).toMatchObject({ key: ['K'], fields: { K: {}, M: {}, T: {} } });
  });

  test('a cycle of base types does not loop forever', () => {
    const circle = entity('A', field('F', 'Edm.Date'), 'BaseType="N.B"') + entity('B', '', 'BaseType="N.A"');
    const sets = container(['A', 'N.A']);
    expect(Object.keys(read(document(['Namespace="N"', circle + sets])).sets['A']!.fields)).toEqual(['F']);
  });

  test('resolves an alias of a namespace, and a namespace that was renamed in one place only', () => {
    const types = entity('A', field('F', 'Edm.Date')) + entity('B', field('G', 'Edm.Date'));
    const sets = container(['One', 'Self.A'], ['Two', 'CoreLogic.Old.B']);
    const found = read(document(['Namespace="Cotality.New" Alias="Self"', types + sets]));
    expect(Object.keys(found.sets)).toEqual(['One', 'Two']);
    expect(found.sets['Two']?.fields).toEqual({ G: { type: 'Date' } });
  });

  test('navigation leads to sets', () => {
    const links =
      '<NavigationProperty Name="Media" Type="Collection(N.Photo)"/><NavigationProperty Name="Agent" Type="N.Member"/><NavigationProperty Name="Gone" Type="N.Gone"/>';
    const all = entity('A', links) + entity('Photo', '') + entity('Member', '');
    const sets = container(['A', 'N.A'], ['Media', 'N.Photo'], ['Member', 'N.Member']);
    expect(read(document(['Namespace="N"', all + sets])).sets['A']?.links).toEqual({
      Agent: { to: 'Member', isMany: false },
      Media: { to: 'Media', isMany: true },
    });
  });

  test('are found under any prefix', () => {
    const text = document(['Namespace="N"', entity('A', field('F', 'Edm.Date'))]);
    const prefixed = text.replaceAll(/<(\/?)(?!edmx|\?)(\w)/g, '<$1q:$2').replaceAll('edmx:', '');
    expect(prefixed).toContain('<q:Schema');
    expect(read(prefixed)).toEqual(read(text));
  });
});

describe('the hash', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[A-Z][a-z]{1,6}$/), { minLength: 1, maxLength: 6 });
  const kinds = fc.constantFrom('Edm.String', 'Edm.Int32', 'Edm.Date', 'Edm.Decimal');

  test('does not depend on order, white space, annotations and namespace', () => {
    const cases = fc.record({
      names,
      type: kinds,
      turn: fc.boolean(),
      space: fc.constantFrom('', ' ', '\n\t'),
    });
    fc.assert(
      fc.property(cases, ({ names: all, type, turn, space }) => {
        const one = all.map((name) => field(name, type)).join('');
        const note = '<Annotation Term="Core.Description" String="what it is"/>';
        const other = (turn ? all.toReversed() : all)
          .map((name) => `${space}<Property ${space}Type="${type}" Name="${name}">${note}</Property>`)
          .join(space);
        const before = read(document(['Namespace="CoreLogic"', entity('A', one)]));
        const after = read(document(['Namespace="Cotality.X"', entity('A', other)]));
        expect(after.hash).toBe(before.hash);
        expect(after.namespace).not.toBe(before.namespace);
      }),
    );
  });

  test.each([
    ['a field', field('F', 'Edm.String', 'MaxLength="5"') + field('G', 'Edm.Date')],
    ['a type', field('F', 'Edm.Date')],
    ['a length', field('F', 'Edm.String', 'MaxLength="6"')],
    ['a key', `<Key><PropertyRef Name="F"/></Key>${field('F', 'Edm.String', 'MaxLength="5"')}`],
  ])('changes with %s', (_, content) => {
    expect(hash(content)).not.toBe(hash(field('F', 'Edm.String', 'MaxLength="5"')));
    expect(hash(content)).toMatch(/^[0-9a-f]{32}$/);
  });
});

test('the sandbox’s own metadata is understood', () => {
  const found = read(writeMetadata([...served.values()], 'Cotality.X'));
  expect(found.sets['Property']).toMatchObject({
    key: ['ListingKey'],
    fields: { ListPrice: { type: 'Decimal', precision: 14, scale: 2 }, PhotosCount: { type: 'Int32' } },
    links: { Media: { to: 'Media', isMany: true } },
  });
});

test.skipIf(!existsSync(RESO))(
  `RESO's Data Dictionary 2.0 is understood (skipped where ${RESO} is absent)`,
  () => {
    const found = read(readFileSync(RESO, 'utf8'));
    expect(Object.keys(found.sets)).toHaveLength(41);
    expect(found.namespace).toBe('org.reso.metadata');
    const { fields, key, links } = found.sets['Property']!;
    expect(Object.keys(fields)).toHaveLength(632);
    expect(key).toEqual(['ListingKey']);
    expect(links['Media']).toEqual({ to: 'Media', isMany: true });
    expect(fields['ListPrice']).toEqual({ type: 'Decimal', precision: 14, scale: 2 });
    expect(fields['Appliances']).toMatchObject({
      type: 'Enum',
      isMany: true,
      list: 'Appliances',
      members: 75,
    });
  },
);
