import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnOf, nameOf } from '../../src/dataset/names.ts';

const IDENTIFIER = /^[a-z][a-z0-9_]*$/;
const DICTIONARY = resolve(import.meta.dirname, '../../../shared/data/RESODataDictionary-2.0.xml');

/** Names near the naming rules, which could collide, and any others. */
const nearNames = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'YN',
        'Yn',
        'ID',
        'Id',
        'URL',
        'Url',
        'MLS',
        'Mls',
        'AOR',
        'X_',
        'x_',
        'x__',
        '_',
        'A',
        'a',
        '1',
        '0',
      ),
      fc.constantFrom('Area', 'Source', 'System', 'DOH1', 'Doh1', 'HTML', 'Key', 'key', 'SerialXX', 'é', '𝒳'),
      fc.stringMatching(/^[A-Za-z_0-9]{1,4}$/),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));
const anyName = fc.oneof(
  nearNames,
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);

describe('columnOf', () => {
  test.each([
    ['ListingKey', 'listing_key'],
    ['MLSAreaMajor', 'mls_area_major'],
    ['BathroomsTotalInteger', 'bathrooms_total_integer'],
    ['PoolPrivateYN', 'pool_private_yn'],
    ['VirtualTourURLUnbranded', null],
    ['SourceSystemID', 'source_system_id'],
    ['X_Foo', 'x_foo'],
    ['X_PoolYN', 'x_pool_yn'],
  ])('%s has the column %s', (name, column) => {
    if (column === null) expect(columnOf(name)).toMatch(IDENTIFIER);
    else expect(columnOf(name)).toBe(column);
    expect(nameOf(columnOf(name))).toBe(name);
  });

  test('names that differ only in capitals have different columns', () => {
    const names = [
      'SourceSystemID',
      'SourceSystemId',
      'sourcesystemid',
      'SOURCESYSTEMID',
      'Source_System_ID',
    ];
    expect(new Set(names.map(columnOf)).size).toBe(names.length);
    expect(names.map(columnOf).map(nameOf)).toEqual(names);
  });

  test('every column is an identifier that needs no quotes, of at most 64 characters, and leads back to its name', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const column = attempt(name);
        if (column === undefined) return;
        expect(column).toMatch(IDENTIFIER);
        expect(column.length).toBeLessThanOrEqual(64);
        expect(nameOf(column)).toBe(name);
      }),
      { numRuns: 3000 },
    );
  });

  test('two names never share a column, even if a server ignores case', () => {
    fc.assert(
      fc.property(nearNames, nearNames, (a, b) => {
        fc.pre(a !== b);
        const [one, other] = [attempt(a), attempt(b)];
        if (one !== undefined && other !== undefined) expect(one.toLowerCase()).not.toBe(other.toLowerCase());
      }),
      { numRuns: 3000 },
    );
  });

  test('a name that is too long is refused, the longest possible name is not', () => {
    expect(columnOf(`A${'a'.repeat(63)}`)).toHaveLength(64);
    expect(() => columnOf(`A${'a'.repeat(64)}`)).toThrow(RangeError);
    expect(columnOf('é'.repeat(7))).toHaveLength(59);
    expect(() => columnOf('é'.repeat(8))).toThrow('no column name for a field of 8 characters');
  });

  const names = existsSync(DICTIONARY) ? namesOf(readFileSync(DICTIONARY, 'utf8')) : [];
  test.skipIf(names.length === 0)(
    'every name of the RESO Data Dictionary 2.0 has a column of its own that leads back (skipped where the dictionary is not at ../shared/data)',
    () => {
      expect(names.length).toBeGreaterThan(1300);
      expect(new Set(names.map(columnOf)).size).toBe(names.length);
      for (const name of names) {
        expect(nameOf(columnOf(name))).toBe(name);
      }
      // Capitals that follow no rule are spelled out: hard to read, so they must stay few.
      expect(names.filter((name) => columnOf(name).startsWith('x__')).length).toBeLessThan(40);
    },
  );
});

function attempt(name: string): string | undefined {
  try {
    return columnOf(name);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function namesOf(xml: string): string[] {
  return [...new Set([...xml.matchAll(/<Property Name="([^"]+)"/g)].map((match) => match[1]!))];
}
