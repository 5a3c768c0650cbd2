import { type Account, accountsOf, type District, ownerName } from '../../data/district.ts';
import type { HomeKind } from '../../data/home.ts';
import { oddText, tooLongText } from '../../data/odd-text.ts';
import type { Cell } from '../../format/column.ts';

type Values = Readonly<Record<string, Cell>>;

export const STATE_CLASSES: Readonly<Record<HomeKind, string>> = {
  house: 'A1',
  condo: 'Z4',
  land: 'C1',
  commercial: 'F1',
  exempt: 'XV',
};

/** Taxing districts of every account. */
export const JURISDICTIONS = ['001', '040', '041', '042', '043', '044', '048', '061', '265'] as const;

const DESCRIPTIONS: readonly (readonly [string, string])[] = [
  ['ISD 01', 'ISD 01 - Houston NW'],
  ['ISD 07', 'ISD 07 - Inner Loop'],
  ['ISD 19', 'ISD 19 - Katy'],
];

/** Makes the row of an account in real_acct. */
export function realAcct(account: Account, district: District): Values {
  return {
    acct: account.account,
    yr: district.year,
    mailto: account.nth % 83 === 7 ? 'CURRENT OWNER' : ownerName(account, 1),
    ...addressFields(account),
    ...codeFields(account),
    ...valueFields(account, district),
    ...statusFields(account, district),
    lgl_1: `LT ${account.lot} BLK ${(account.block % 12) + 1}`,
    lgl_2: oddText(account.subdivision, account.nth),
    lgl_3: account.nth % 2000 === 17 ? tooLongText(50) : null,
    jurs: JURISDICTIONS.join(' '),
  };
}

/** The street line: number, name and short suffix. */
export function siteAddress(account: Account): string {
  return `${account.kind === 'land' ? 0 : account.streetNumber} ${account.street} ${account.shortSuffix}`;
}

function addressFields(account: Account): Values {
  return {
    mail_addr_1: account.nth % 5 === 0 ? `PO BOX ${1000 + account.nth}` : siteAddress(account),
    mail_city: account.city.toUpperCase(),
    mail_state: 'TX',
    mail_zip: account.nth % 3 === 0 ? `${account.zip}-1${String(account.lot).padStart(3, '0')}` : account.zip,
    undeliverable: account.nth % 50 === 0 ? 'Y' : null,
    str_num: account.kind === 'land' ? 0 : account.streetNumber,
    str: account.street,
    str_sfx: account.shortSuffix,
    str_unit: account.unit ?? null,
    site_addr_1: siteAddress(account),
    site_addr_2: account.city.toUpperCase(),
    site_addr_3: account.zip,
  };
}

function codeFields(account: Account): Values {
  const [area, description] = DESCRIPTIONS[account.block % DESCRIPTIONS.length]!;
  return {
    state_class: STATE_CLASSES[account.kind],
    school_dist: '01',
    map_facet: String(5000 + (account.block % 900)),
    key_map: `${400 + (account.block % 90)}${'ABCDEFGH'[account.block % 8]}`,
    Neighborhood_Code: `${account.neighborhood}.0${account.block % 10}`,
    Neighborhood_Grp: String(1000 + (account.neighborhood % 50)),
    Market_Area_1: area,
    Market_Area_1_Dscr: description,
    econ_area: account.kind === 'commercial' ? 'CBD' : null,
    center_code: '10',
    yr_impr: account.yearBuilt === 0 ? null : account.yearBuilt,
    yr_annexed: null,
    splt_dt: account.nth % 40 === 3 ? '2014-06-30' : null,
    dsc_cd: account.nth % 40 === 3 ? 'S' : null,
    nxt_bld: account.kind === 'land' ? 1 : 2,
  };
}

function valueFields(account: Account, district: District): Values {
  const isPending = account.nth % 211 === 19;
  const values = isPending ? undefined : account;
  return {
    bld_ar: account.livingArea,
    land_ar: account.nth % 997 === 31 ? 2_000_000_000 : account.lotSquareFeet,
    acreage: account.nth % 997 === 31 ? '1045913.6800' : (account.lotSquareFeet / 43_560).toFixed(4),
    Cap_acct: isPending ? 'Pending' : account.isCapped ? 'Y' : 'N',
    shared_cad: 'N',
    land_val: values?.landValue ?? null,
    bld_val: values?.buildingValue ?? null,
    x_features_val: values?.extraValue ?? null,
    ag_val: 0,
    assessed_val: values?.appraisedValue ?? null,
    tot_appr_val: values?.appraisedValue ?? null,
    tot_mkt_val: values?.marketValue ?? null,
    prior_land_val: valueBefore(account.landValue),
    prior_bld_val: valueBefore(account.buildingValue),
    prior_x_features_val: account.extraValue,
    prior_ag_val: 0,
    prior_tot_appr_val: valueBefore(account.appraisedValue),
    prior_tot_mkt_val: valueBefore(account.marketValue),
    new_construction_val: account.yearBuilt === district.year - 3 ? account.buildingValue : 0,
    tot_rcn_val: values === undefined ? null : account.buildingValue * 2,
    value_status: isPending ? 'All Values Pending' : district.release > 1 ? 'Certified' : 'Noticed',
  };
}

/** The value of the year before. */
function valueBefore(value: number): number {
  return Math.round(value / 1.03);
}

function statusFields(account: Account, district: District): Values {
  const day = String((account.nth % 27) + 1).padStart(2, '0');
  return {
    noticed: 'Y',
    notice_dt: `${district.year}-04-${day}`,
    protested: isProtested(account) ? 'Y' : 'N',
    certified_date: district.release > 1 ? `${district.year}-08-14` : null,
    rev_dt: account.nth % 6 === 0 ? `${district.year - 1}-11-${day}` : null,
    rev_by: account.nth % 6 === 0 ? 'ABC' : null,
    new_own_dt: account.nth % 9 === 0 ? null : `${2000 + (account.nth % 24)}-02-${day}`,
  };
}

function isProtested({ nth }: Account): boolean {
  return nth % 4 === 0;
}

/** The numbers of the accounts whose value is protested. */
export function* protestedAccounts(district: District): Generator<string> {
  for (const account of accountsOf(district)) if (isProtested(account)) yield account.account;
}
