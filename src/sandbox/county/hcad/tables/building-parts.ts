import { accountsOf, type District } from '../../data/district.ts';
import { oddText } from '../../data/odd-text.ts';
import type { Row } from '../../format/column.ts';
import { type BuildingUse, buildingsOf } from './buildings.ts';

/** Two decimals of the small numbers that fixtures have. */
const UNITS = Array.from({ length: 20 }, (_, n) => `${n}.00`);

/** Six rows for each building: beds, baths, rooms, storeys, fireplaces. */
export function* fixtures(district: District): Generator<Row> {
  for (const each of buildingsOf(district, 'all')) {
    const { account, number, building } = each;
    const isMain = building === 1;
    const counts = isMain ? account : { beds: 1, fullBaths: 1, halfBaths: 0, stories: 1 };
    yield [number, building, 'FPW', 'Fireplace:  Metal Prefab', UNITS[each.nth % 2]!];
    yield [number, building, 'RMB', 'Room:  Bedroom', UNITS[counts.beds]!];
    yield [number, building, 'RMF', 'Room:  Full Bath', UNITS[counts.fullBaths]!];
    yield [number, building, 'RMH', 'Room:  Half Bath', UNITS[counts.halfBaths]!];
    yield [number, building, 'RMT', 'Room:  Total', UNITS[counts.beds + 3]!];
    yield [number, building, 'STY', 'Story Height Index', UNITS[counts.stories]!];
  }
}

const ELEMENTS: readonly (readonly [string, string, string, string])[] = [
  ['2', 'CND', 'Cond / Desir / Util', 'Average'],
  ['1', 'FND', 'Foundation Type', 'Slab'],
  ['4', 'GRA', 'Grade Adjustment', 'C'],
  ['3', 'HAC', 'Heating / AC', 'Central Heat/AC'],
  ['2', 'PCR', 'Physical Condition', 'Average'],
];

/** Seven rows for each building of a use; two kinds of wall have their shares. */
export function* structuralElements(district: District, use: BuildingUse): Generator<Row> {
  for (const { account, number, building, nth } of buildingsOf(district, use)) {
    const stateClass = account.kind === 'house' ? 'A1' : account.kind === 'condo' ? 'Z4' : 'F1';
    for (const [code, type, typeText, text] of ELEMENTS)
      yield [number, building, code, '1.00', type, typeText, text, stateClass];
    const share = nth % 4 === 0 ? '30.00' : '50.00';
    const rest = nth % 4 === 0 ? '70.00' : '50.00';
    yield [number, building, '1', share, 'XWR', 'Exterior Wall', 'Brick / Veneer', stateClass];
    yield [number, building, '2', rest, 'XWR', 'Exterior Wall', 'Frame / Concrete Blk', stateClass];
  }
}

/** Extra features: `count` is that of the account, and rows can look alike. */
export function* extraFeatures(district: District): Generator<Row> {
  let nth = 0;
  for (const account of accountsOf(district)) {
    if (account.kind === 'land') continue;
    const porches = account.nth % 5 === 0 ? 2 : 0;
    const count = porches + (account.hasPool ? 1 : 0) + 1;
    for (let i = 0; i < porches; i++)
      yield [
        account.account,
        1,
        count,
        null,
        'RRC1',
        'CNPY',
        'Canopy Residential',
        'CP',
        'Canopies',
        null,
        '200.00',
      ];
    yield [
      account.account,
      0,
      count,
      'C',
      'RSH1',
      'SHED',
      'Frame Utility Shed',
      'SH',
      'Sheds',
      oddText(null, nth++),
      '96.00',
    ];
    if (account.hasPool)
      yield [account.account, 1, count, null, 'RRP5', 'POOL', 'Gunite Pool', 'PL', 'Pools', null, '1.00'];
  }
}

/** Details of extra features of homes, or of all other parcels. */
export function* extraFeatureDetails(district: District, isHome: boolean): Generator<Row> {
  for (const account of accountsOf(district)) {
    if (isHome ? !account.hasPool : account.kind !== 'commercial') continue;
    const year = account.yearBuilt;
    yield [
      account.account,
      isHome ? 'RRP5' : 'CPA1',
      isHome ? 'Gunite Pool' : 'Paving - Asphalt',
      'C',
      'A',
      1,
      isHome ? 30 : 200,
      isHome ? 15 : 100,
      '450.00',
      '47.780000',
      '47.780000',
      '1.00',
      year,
      year,
      null,
      '10/20',
      '0.6500',
      account.extraValue,
      oddText(null, account.nth),
      account.extraValue,
    ];
  }
}

export function* land(district: District): Generator<Row> {
  for (const account of accountsOf(district)) {
    const feet = account.lotSquareFeet;
    const price = account.kind === 'commercial' ? '18.50' : '9.00';
    yield [
      account.account,
      1,
      '1001',
      'Res Improved Table Value',
      account.nth % 7 === 0 ? 'SF1' : null,
      account.nth % 7 === 0 ? 'Primary SF' : null,
      '1.0000',
      'SF',
      `${feet}.0000`,
      '1.0000',
      '1.0000',
      '1.0000',
      oddText(null, account.nth),
      '1.00',
      price,
      price,
      account.landValue,
      0,
    ];
  }
}
