import { LOTS_PER_BLOCK } from '../../data/account-number.ts';
import { type Account, accountsOf, type District } from '../../data/district.ts';
import { oddText } from '../../data/odd-text.ts';
import type { Cell, Row } from '../../format/column.ts';

/** A building of an account. Its account does not exist if it is an orphan. */
export type Building = {
  readonly account: Account;
  readonly number: string;
  readonly nth: number;
  readonly building: number;
};

/** One account in this many has a house that is in no file of buildings. */
const MISSING_INTERVAL = 301;
/** A block in this many has a building of an account that does not exist. */
const ORPHAN_INTERVAL = 50;
const ORPHAN_LOT = '0099';

export type BuildingUse = 'residential' | 'other' | 'all';

/** Buildings in the order of their accounts; residential ones are those of houses. */
export function* buildingsOf(district: District, use: BuildingUse): Generator<Building> {
  let nth = 0;
  let last: Account | undefined;
  for (const account of accountsOf(district)) {
    if (use !== 'other' && last !== undefined && account.block !== last.block && isOrphaned(last))
      yield { account: last, number: last.account.slice(0, 9) + ORPHAN_LOT, nth: nth++, building: 1 };
    last = account;
    if (account.kind === 'land' || !hasUse(account, use)) continue;
    if (account.nth % MISSING_INTERVAL === 100) continue;
    yield { account, number: account.account, nth: nth++, building: 1 };
    if (account.nth % 20 === 4) yield { account, number: account.account, nth: nth++, building: 2 };
  }
}

function hasUse(account: Account, use: BuildingUse): boolean {
  return use === 'all' || (account.kind === 'house') === (use === 'residential');
}

function isOrphaned({ block, lot }: Account): boolean {
  return block % ORPHAN_INTERVAL === 30 && lot >= LOTS_PER_BLOCK - 5;
}

/** Living area of a building: a second one is a small one behind the first. */
export function areaOf({ account, building }: Building): number {
  return building === 1 ? account.livingArea : 320;
}

type Values = Readonly<Record<string, Cell>>;

/** The values that only building_res has. */
export function buildingRes(each: Building): Values {
  const value = Math.round(areaOf(each) * 105);
  return {
    property_use_cd: each.building === 1 ? 'A1' : 'A3',
    structure_dscr: 'Residential',
    dpr_val: value,
    bld_adj: '1.1200',
    rcnld: `${value}.00`,
    size_index: (0.7 + (each.nth % 50) / 100).toFixed(5),
    lump_sum_adj: 0,
  };
}

/** The values that only building_other has: condominiums and all that is not a home. */
export function buildingOther(each: Building): Values {
  const { account } = each;
  const isCondo = account.kind === 'condo';
  const value = Math.round(areaOf(each) * 105);
  return {
    property_use_cd: isCondo ? 'Z4' : account.kind === 'commercial' ? 'F1' : 'XV',
    structure_dscr: isCondo ? 'Condominium' : 'Commercial',
    noticed_Depr_Val: value,
    Depr_Val: value,
    MS_replacement_cost: value * 2,
    category: 'AP',
    pgi_dscr: isCondo ? 'Condo' : 'Retail',
    prop_nm: oddText(null, each.nth),
    units: isCondo ? '36' : '1',
    nra: areaOf(each),
    lease_rt: '1.25',
    occ_rt: '0.95',
    tot_inc: isCondo ? 0 : 48_000,
  };
}

/** The values that both files of buildings have. */
export function buildingFields(each: Building, district: District): Values {
  const { account, nth } = each;
  const area = areaOf(each);
  const isNew = nth % 8 === 0;
  return {
    acct: each.number,
    bld_num: each.building,
    impr_tp: '1001',
    impr_mdl_cd: '101',
    structure: 'R',
    cama_replacement_cost: Math.round(area * 130),
    accrued_depr_pct: (0.5 + (nth % 50) / 100).toFixed(6),
    qa_cd: 'ABCDX'[nth % 5]!,
    dscr: ['Excellent', 'Good', 'Average', 'Low', 'Superior'][nth % 5]!,
    date_erected: account.yearBuilt,
    eff: Math.min(district.year - 1, account.yearBuilt + 8),
    yr_remodel: isNew ? 2015 : null,
    yr_roll: district.year,
    appr_dt: nth % 7 === 0 ? '2021-03-09' : null,
    notes: oddText(nth % 30 === 0 ? 'CONVERTED GARAGE 12\\20' : null, nth),
    im_sq_ft: area,
    act_ar: Math.round(area * 1.2),
    heat_ar: area,
    gross_ar: Math.round(area * 1.25),
    eff_ar: Math.round(area * 1.1),
    base_ar: Math.round(area / account.stories),
    perimeter: 4 * Math.round(Math.sqrt(area)),
    pct: '1.00',
  };
}

/** Parts of residential buildings; rows that look alike are different parts. */
export function* exterior(district: District): Generator<Row> {
  for (const each of buildingsOf(district, 'residential')) {
    yield [each.number, each.building, 'BAU', 'BASE AREA UPPER', areaOf(each)];
    yield [each.number, each.building, 'OFP', 'OPEN FRAME PORCH', 40 + (each.nth % 90)];
    // Two equal porches are two parts.
    if (each.nth % 6 === 0)
      yield [each.number, each.building, 'OFP', 'OPEN FRAME PORCH', 40 + (each.nth % 90)];
  }
}
