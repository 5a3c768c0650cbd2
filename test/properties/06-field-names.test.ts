import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { columnOf, nameOf } from '../../src/dataset/names.ts';
import { type FreshDatabase, freshDatabase } from '../helpers/database.ts';
import { CASES, PATIENCE } from './arbitraries.ts';

const DICTIONARY = resolve(import.meta.dirname, '../../../shared/data/RESODataDictionary-2.0.xml');

/** Pieces that RESO's names are made of, and those at which naming rules go wrong. */
const piece = fc.oneof(
  fc.constantFrom(
    'List',
    'Price',
    'Pool',
    'Private',
    'Source',
    'System',
    'Key',
    'Media',
    'Total',
    'Area',
    'Of',
  ),
  fc.constantFrom(
    'ID',
    'Id',
    'YN',
    'Yn',
    'URL',
    'Url',
    'MLS',
    'Mls',
    'AOR',
    'HTML',
    'DOH1',
    'XX',
    'X',
    'A',
    'y',
  ),
  fc.constantFrom('X_', 'x_', 'x__', '_', '__', '0', '1', '12', 'a', 'key'),
  fc.stringMatching(/^[A-Z][a-z]{0,4}\d?$/),
);

/** A name as a feed could have it: RESO's words, a local field's, near misses of both, and any other text. */
const anyName = fc.oneof(
  { weight: 4, arbitrary: fc.array(piece, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')) },
  { weight: 2, arbitrary: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,19}$/) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 7 }) },
);

/** What MySQL takes without quotes, and what no file system or setting folds together. */
const IDENTIFIER = /^[a-z][a-z0-9_]{0,63}$/;

const fits = (name: string): boolean => {
  try {
    return columnOf(name) !== '';
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    // Spelled out, a character takes eight at most, a capital two; then no column can hold it.
    expect(Array.from(name).length).toBeGreaterThan(7);
    return false;
  }
};

/** Each name once, so that two columns that are the same belong to two names. */
const anyNames = fc.uniqueArray(anyName.filter(fits), { minLength: 1, maxLength: 25 });

/** Valid to the server itself, one for each name, leading back to it, and the same whenever they are asked for. */
async function expectColumnsOfTheirOwn(names: readonly string[]): Promise<void> {
  const columns = names.map(columnOf);
  for (const column of columns) expect(column).toMatch(IDENTIFIER);
  expect(columns.map(nameOf)).toEqual(names);
  expect(new Set(columns).size).toBe(names.length);
  expect(names.toReversed().map(columnOf).toReversed()).toEqual(columns);
  const list = columns.map((column) => `\`${column}\` INT`).join(', ');
  await db.query('DROP TEMPORARY TABLE IF EXISTS named');
  await db.query(`CREATE TEMPORARY TABLE named (${list})`);
  const shown = await db.query<{ Field: string }>('SHOW COLUMNS FROM named');
  expect(shown.map(({ Field }) => Field)).toEqual(columns);
}

const dictionary = existsSync(DICTIONARY)
  ? [
      ...new Set(
        Array.from(
          readFileSync(DICTIONARY, 'utf8').matchAll(/<Property Name="([^"]+)"/g),
          ([, name]) => name!,
        ),
      ),
    ]
  : [];

let db: FreshDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});

// Validates: Requirements 2.1
describe('Feature: trestle-etl-pipeline, Property 6: Field Name Normalization Consistency: For any API field name, the transformation to MySQL column names should be consistent, reversible, and produce valid SQL identifiers.', () => {
  test(
    'any names',
    async () => {
      await fc.assert(
        fc.asyncProperty(anyNames, async (names) => {
          await expectColumnsOfTheirOwn(names);
        }),
        CASES,
      );
    },
    PATIENCE,
  );

  test.skipIf(dictionary.length === 0)(
    'any names of the RESO Data Dictionary 2.0 (skipped where it is not at ../shared/data)',
    async () => {
      expect(dictionary.length).toBeGreaterThan(600);
      await fc.assert(
        fc.asyncProperty(
          fc.shuffledSubarray(dictionary, { minLength: 1, maxLength: 900 }),
          expectColumnsOfTheirOwn,
        ),
        CASES,
      );
    },
    PATIENCE,
  );
});
