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

  test('names columns in keys, filters, indexes, rules and parcels, without regard to case', () => {
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

/** A copy of the layout with other values at these paths; undefined removes one. */
function changed(changes: Readonly<Record<string, unknown>>): unknown {
  const copy = structuredClone(small) as unknown;
  for (const [path, value] of Object.entries(changes)) {
    const names = path.split('.');
    const last = names.pop()!;
    const parent = names.reduce((part, name) => part[name] as Part, copy as Part);
    if (value === undefined) Reflect.deleteProperty(parent, last);
    else parent[last] = value;
  }
  return copy;
}
type Part = { [name: string]: unknown };

function messageFor(changes: Readonly<Record<string, unknown>>): string {
  try {
    readLayout(changed(changes), 'small.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('the layout was accepted');
}

describe('a wrong layout', () => {
  test('is refused with all of its problems in one message', () => {
    const message = messageFor({
      'tables.parcels.archive': 'rolls',
      'tables.parcels.key': ['nothing'],
      'tables.parcels.columns.Value': 'cash',
      'tables.buildings.columns.Parcel': 'account 10',
    });
    expect(message).toMatch(/^the layout small\.yaml is wrong: /);
    for (const part of [
      'tables.parcels.archive names "rolls"',
      'tables.parcels.key names "nothing"',
      'tables.parcels.columns.Value has the unknown kind "cash"',
      'columns without positions: Parcel',
    ])
      expect(message).toContain(part);
  });

  test.each([
    ['tables.parcels.sort', 'x', 'tables.parcels is wrong'],
    ['tables.parcels.member', undefined, 'tables.parcels.member'],
    ['tables.parcels.columns.Value', '1-9 money', 'columns with positions: Value'],
    ['tables.parcels.columns.OWNER', 'text 5', 'several columns named owner'],
    ['tables.parcels.columns.Tax_Year', 'year', 'tax_year'],
    ['tables.parcels.columns.Value', { type: 'money', true: 'T' }, 'not a flag'],
    ['tables.parcels.columns.Owner.decimals', 2, 'not a number'],
    ['tables.parcels.columns.Sold.dates', ['M/D'], 'date forms M/D'],
    ['tables.parcels.rules.0.column', 'x', 'parcels.rules names "x"'],
    ['tables.buildings.rules.0.table', 'x', 'names the table "x"'],
    ['tables.buildings.rules.0.to', ['Parcel_No', 'Owner'], 'unequal column lists'],
    ['tables.parcels.filter.column', 'Owner', 'filter needs a column that every line has'],
    ['tables.parcels.filter.column', 'County', 'filter needs a column that every line has'],
    ['parcels.fields.owner', 'x', 'parcels.fields.owner names "x"'],
    ['parcels.fields.acres.column', undefined, 'needs a column to sum'],
  ])('with %s = %j is refused', (path, value, part) => {
    expect(messageFor({ [path]: value })).toContain(part);
  });
});
