import { describe, expect, test } from 'vitest';
import { builtInLayout } from '../../../../src/sources/county/layouts/index.ts';
import { LAYOUT_NAMES } from '../../../../src/sources/county/layouts/names.ts';
import { matchesMember } from '../../../../src/sources/county/layouts/members.ts';

const tableOf = (layout: string, name: string) =>
  builtInLayout(layout)!.tables.find((table) => table.name === name)!;

test('the built-in layouts are known by name', () => {
  expect(LAYOUT_NAMES.map((name) => builtInLayout(name)?.name)).toEqual(['hcad', 'pacs', 'tarrant']);
  expect(builtInLayout('harris')).toBeUndefined();
});

describe.each(['hcad', 'pacs', 'tarrant'])('%s', (name) => {
  const { tables, archives } = builtInLayout(name)!;

  test('has a table for each file, and no file for two tables', () => {
    for (const { members, archive, name: own } of tables) {
      const example = members[0]!.replace('*', '_x_');
      const found = tables.filter(
        (table) => table.archive === archive && matchesMember(table.members, example),
      );
      expect(found.map((table) => table.name)).toEqual([own]);
    }
    expect(new Set(tables.map(({ archive }) => archive))).toEqual(new Set(Object.keys(archives)));
  });

  test('has no overlapping positions', () => {
    for (const { columns } of tables) {
      const spans = columns.flatMap(({ span }) => span ?? []).sort((a, b) => a.start - b.start);
      spans.forEach((span, index) => expect(span.start).toBeGreaterThanOrEqual(spans[index - 1]?.end ?? 0));
    }
  });
});

test('HCAD has the files and columns that the publisher documents', () => {
  const { tables } = builtInLayout('hcad')!;
  const codes = tables.filter(({ name }) => name.startsWith('desc_'));
  expect(codes).toHaveLength(32);
  expect(tables).toHaveLength(36 + 32);
  const widths = Object.fromEntries(tables.map(({ name, columns }) => [name, columns.length]));
  expect(widths).toMatchObject({
    real_acct: 71,
    owners: 5,
    permits: 17,
    building_res: 31,
    building_other: 37,
    extra_features: 11,
    extra_features_detail2: 20,
    fixtures: 5,
    land_ag: 18,
    structural_elem2: 8,
    jur_value: 6,
    t_business_acct: 39,
    arb_hearings_real: 15,
    desc_r_16_influence_factors: 4,
  });
});

test('HCAD has no key for files whose rows can be alike', () => {
  const without = builtInLayout('hcad')!.tables.filter(({ key }) => key === undefined);
  expect(without.map(({ name }) => name).sort()).toEqual([
    'arb_hearings_pp',
    'arb_hearings_real',
    'arb_protest_pp',
    'arb_protest_real',
    'exterior',
    'extra_features',
    'extra_features_detail1',
    'extra_features_detail2',
    'ownership_history',
    'parcel_tieback',
    'real_mnrl',
    'structural_elem1',
    'structural_elem2',
    't_pp_c',
    't_pp_e',
  ]);
});

test('HCAD stores accounts without their padding, and keeps names such as count and type', () => {
  expect(tableOf('hcad', 'real_acct').columns[0]).toMatchObject({
    column: 'acct',
    kind: 'account',
    length: 13,
  });
  expect(tableOf('hcad', 'extra_features').columns[2]!.column).toBe('count');
  expect(tableOf('hcad', 'fixtures').columns[2]!.column).toBe('type');
});

test('PACS has the positions of APPRAISAL_INFO in all of its lengths', () => {
  const { columns, format } = tableOf('pacs', 'appraisal_info');
  expect(format).toEqual({ kind: 'fixed', lengths: [5357, 9067, 9247, 9659, 9714, 9716, 9922] });
  const spans = Object.fromEntries(columns.map(({ name, span }) => [name, span]));
  expect(spans).toMatchObject({
    prop_id: { start: 0, end: 12 },
    legal_acreage: { start: 1659, end: 1675 },
    assessed_val: { start: 1945, end: 1960 },
    situs_num: { start: 4459, end: 4474 },
    dataset_id: { start: 5342, end: 5357 },
    nhs_cap_loss: { start: 9067, end: 9082 },
  });
});
