import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../../src/errors.ts';
import type { LayoutFile } from '../../../../src/sources/county/layouts/layout-file.ts';
import { readLayout } from '../../../../src/sources/county/layouts/read-layout.ts';

const small = {
  name: 'small',
  url: 'https://example.org/files',
  archives: { roll: '{year}/roll.zip' },
  defaults: { format: 'pipe', nulls: ['N/A'], guards: { shrink: 10 } },
  tables: {
    parcels: {
      archive: 'roll',
      member: 'parcels_*.txt',
      columns: {
        Parcel_No: 'account 10',
        Owner: { type: 'text 60', aliases: ['OwnerName'], nulls: ['UNKNOWN'], optional: true },
        Value: 'money',
        Vacant: { type: 'flag', true: 'T', false: ['F', 'N'] },
        Sold: { type: 'date', dates: ['M/D/YYYY'] },
      },
      constants: { County: { type: 'code 20', value: 'Small {year}' } },
      key: ['parcel_no'],
      indexes: [['Owner']],
      filter: { column: 'VACANT', values: ['T'] },
      rules: [{ kind: 'range', column: 'Value', min: 0, maxPercent: 1 }],
    },
    buildings: {
      archive: 'roll',
      member: ['b.txt', 'c.txt'],
      format: 'fixed',
      lengths: [20],
      columns: { Parcel: '1-10 account', Acres: { type: '11-20 number', decimals: 4 } },
      rules: [{ kind: 'reference', columns: ['Parcel'], table: 'parcels', to: ['Parcel_No'], maxPercent: 1 }],
    },
  },
  parcels: {
    counties: ['Small'],
    table: 'parcels',
    account: 'Parcel_No',
    number: { keep: 'exact' },
    fields: {
      owner: 'Owner',
      acres: { table: 'buildings', account: 'Parcel', function: 'sum', column: 'Acres' },
      pools: { table: 'buildings', account: 'Parcel', function: 'count', only: { Parcel: '1' } },
    },
  },
} satisfies LayoutFile;

describe('a layout', () => {
  const layout = readLayout(small, 'small.yaml');
  const [parcels, buildings] = layout.tables;

  test('is completed with defaults', () => {
    expect(parcels).toMatchObject({
      name: 'parcels',
      members: ['parcels_*.txt'],
      format: { kind: 'delimited', delimiter: '|', hasQuotes: false },
      encoding: 'windows-1252',
      header: 'look',
      guards: { rejects: 0.1, growth: 50, shrink: 10 },
    });
    expect(buildings).toMatchObject({
      members: ['b.txt', 'c.txt'],
      format: { kind: 'fixed', lengths: [20] },
      header: 'no',
      key: undefined,
    });
  });

  test('has its columns in their order, with the names that the database has', () => {
    expect(parcels!.columns.map(({ column }) => column)).toEqual([
      'parcel_no',
      'owner',
      'value',
      'vacant',
      'sold',
    ]);
    expect(parcels!.columns[1]).toMatchObject({
      aliases: ['OwnerName'],
      nulls: ['N/A', 'UNKNOWN'],
      isOptional: true,
    });
    expect(parcels!.columns[3]!.letters).toEqual({ yes: ['T'], no: ['F', 'N'] });
    expect(parcels!.columns[4]!.dates).toEqual(['M/D/YYYY']);
    expect(parcels!.constants).toMatchObject([{ column: 'county', value: 'Small {year}' }]);
    expect(buildings!.columns[1]).toMatchObject({ span: { start: 10, end: 20 }, decimals: 4 });
  });

  test('names columns in keys, filters, indexes, rules and parcels, whatever their capitals', () => {
    expect(parcels).toMatchObject({
      key: ['parcel_no'],
      indexes: [['owner']],
      filter: { column: 'vacant', values: ['T'] },
      rules: [{ kind: 'range', column: 'value', min: 0, maxPercent: 1 }],
    });
    expect(buildings!.rules).toEqual([
      { kind: 'reference', columns: ['parcel'], table: 'parcels', to: ['parcel_no'], maxPercent: 1 },
    ]);
    expect(layout.parcels).toEqual({
      counties: ['Small'],
      table: 'parcels',
      account: 'parcel_no',
      number: { keep: 'exact', padTo: 0, minLength: 1 },
      fields: {
        owner: 'owner',
        acres: { table: 'buildings', account: 'parcel', function: 'sum', column: 'acres', only: {} },
        pools: {
          table: 'buildings',
          account: 'parcel',
          function: 'count',
          column: undefined,
          only: { parcel: ['1'] },
        },
      },
    });
  });
});

describe('a wrong layout', () => {
  const problemsOf = (change: (layout: Record<string, any>) => void): ConfigError => {
    const copy = structuredClone(small) as Record<string, unknown>;
    change(copy);
    try {
      readLayout(copy, 'small.yaml');
    } catch (error) {
      return error as ConfigError;
    }
    throw new Error('the layout was accepted');
  };

  test('is refused with all of its problems in one message', () => {
    const error = problemsOf(({ tables }) => {
      tables.parcels.archive = 'rolls';
      tables.parcels.key = ['nothing'];
      tables.parcels.columns.Value = 'cash';
      tables.buildings.columns.Parcel = 'account 10';
    });
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(/^the layout small\.yaml is wrong: /);
    for (const part of [
      'tables.parcels.archive names "rolls"',
      'tables.parcels.key names "nothing"',
      'tables.parcels.columns.Value has the unknown kind "cash"',
      'columns without positions: Parcel',
    ])
      expect(error.message).toContain(part);
  });

  test.each<[string, (layout: Record<string, any>) => void, string]>([
    ['an unknown word', (l) => (l.tables.parcels.sort = 'x'), 'tables.parcels is wrong'],
    ['a missing part', (l) => delete l.tables.parcels.member, 'tables.parcels.member'],
    [
      'positions in a delimited file',
      (l) => (l.tables.parcels.columns.Value = '1-9 money'),
      'with positions',
    ],
    [
      'two columns of one name',
      (l) => (l.tables.parcels.columns.OWNER = 'text 5'),
      'several columns named owner',
    ],
    ['a column that we add', (l) => (l.tables.parcels.columns.Tax_Year = 'year'), 'tax_year'],
    [
      'letters for a number',
      (l) => (l.tables.parcels.columns.Value = { type: 'money', true: 'T' }),
      'not a flag',
    ],
    ['decimals for a text', (l) => (l.tables.parcels.columns.Owner.decimals = 2), 'not a number'],
    ['a date form without a year', (l) => (l.tables.parcels.columns.Sold.dates = ['M/D']), 'date forms M/D'],
    ['a rule for no column', (l) => (l.tables.parcels.rules[0].column = 'x'), 'parcels.rules names "x"'],
    ['a reference to no table', (l) => (l.tables.buildings.rules[0].table = 'x'), 'names the table "x"'],
    ['unequal lists', (l) => l.tables.buildings.rules[0].to.push('Owner'), 'unequal column lists'],
    ['a parcel field of no column', (l) => (l.parcels.fields.owner = 'x'), 'parcels.fields.owner names "x"'],
    ['a sum of nothing', (l) => delete l.parcels.fields.acres.column, 'needs a column to sum'],
  ])('with %s is refused', (_, change, part) => {
    expect(problemsOf(change).message).toContain(part);
  });
});
