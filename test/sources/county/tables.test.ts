import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { builtInLayout } from '../../../src/sources/county/layouts/index.ts';
import { readLayout } from '../../../src/sources/county/layouts/read-layout.ts';
import { releaseTables } from '../../../src/sources/county/tables.ts';

const hcad = builtInLayout('hcad')!;

function tablesWithReferences(selected: readonly string[]): string[] {
  const tables = releaseTables('hcad', hcad, selected);
  return tables.filter(({ rules }) => rules.some(({ kind }) => kind === 'reference')).map(({ name }) => name);
}

describe('the tables of a source', () => {
  test('are named after the source and the file', () => {
    const tables = releaseTables('Harris-County', hcad, ['fixtures', 'real_acct']);
    expect(tables.map(({ table }) => table)).toEqual(['harris_county_real_acct', 'harris_county_fixtures']);
  });

  test('have columns of the types that the kinds have', () => {
    const [table] = releaseTables('hcad', hcad, ['building_res']);
    const columns = Object.fromEntries(table!.columns.map((each) => [each.column, each]));
    expect(columns).toMatchObject({
      acct: { name: 'acct', type: { kind: 'string', length: 13 }, isCode: true },
      bld_num: { type: { kind: 'bigint' }, isCode: false },
      qa_cd: { type: { kind: 'string', length: 2 }, isCode: true },
      dscr: { type: { kind: 'string', length: 50 }, isCode: false },
      dpr_val: { type: { kind: 'bigint' } },
      pct: { type: { kind: 'decimal', precision: 24, scale: 8 } },
      date_erected: { type: { kind: 'integer' } },
      appr_dt: { type: { kind: 'date' } },
    });
    expect(table!.key).toEqual(['acct', 'bld_num']);
  });

  test('check references only between tables that are loaded', () => {
    expect(tablesWithReferences(['owners'])).toEqual([]);
    expect(tablesWithReferences(['owners', 'real_acct'])).toEqual(['owners']);
  });

  test('must be in the layout', () => {
    expect(() => releaseTables('hcad', hcad, ['real_acct', 'reel_acct'])).toThrow(
      expect.objectContaining({
        constructor: ConfigError,
        message: expect.stringContaining('reel_acct') as string,
        hint: expect.stringContaining('real_acct') as string,
      }),
    );
  });

  test('have names that leave room for those of staging tables', () => {
    expect(() => releaseTables('a-very-long-name-of-a-source', hcad, undefined)).toThrow(ConfigError);
    expect(releaseTables('hcad', hcad, undefined)).toHaveLength(68);
  });
});

test('a table with many short texts gets columns that can leave the page', () => {
  const columns = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`c${index}`, 'text 50']));
  const layout = readLayout(
    {
      name: 'wide',
      archives: { a: 'a.zip' },
      tables: { t: { archive: 'a', member: 't.txt', columns: { ...columns, code: 'code 2' } } },
    },
    'wide',
  );
  const lengths = releaseTables('x', layout, undefined)[0]!.columns.map(({ type }) =>
    type.kind === 'string' ? type.length : undefined,
  );
  expect(new Set(lengths.slice(0, 40))).toEqual(new Set([64]));
  expect(lengths[40]).toBe(2);
});

test('constant columns and flags with letters have columns too', () => {
  const layout = readLayout(
    {
      name: 'small',
      archives: { a: 'a.zip' },
      tables: {
        t: {
          archive: 'a',
          member: 't.txt',
          columns: { Vacant: { type: 'flag', true: 'Y', false: 'N' } },
          constants: { County: { type: 'code 20', value: 'Small' } },
        },
      },
    },
    'small',
  );
  expect(releaseTables('x', layout, undefined)[0]!.columns).toEqual([
    { name: 'Vacant', column: 'vacant', type: { kind: 'integer' }, isCode: false },
    { name: 'County', column: 'county', type: { kind: 'string', length: 20 }, isCode: true },
  ]);
});
