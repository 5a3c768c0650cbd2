import { accountsOf, type District } from '../data/district.ts';
import { parseColumns, type Column, type Row } from '../format/column.ts';
import { delimitedFormat } from '../format/delimited.ts';
import { rowMaker } from '../format/named-row.ts';
import type { CountyTable } from '../table.ts';
import { accountColumns } from './columns/accounts.ts';
import { buildingColumns } from './columns/buildings.ts';
import { businessColumns } from './columns/business.ts';
import { codeColumns } from './columns/codes.ts';
import { valueColumns } from './columns/values.ts';
import { buildingFields, buildingOther, buildingRes, buildingsOf, exterior } from './tables/buildings.ts';
import {
  extraFeatureDetails,
  extraFeatures,
  fixtures,
  land,
  structuralElements,
} from './tables/building-parts.ts';
import { codeRows } from './tables/codes.ts';
import { genericRows, numbersUpTo } from './tables/generic.ts';
import {
  deeds,
  minerals,
  neighborhoods,
  ownershipHistory,
  owners,
  parcelTieback,
  permits,
} from './tables/owners.ts';
import { protestedAccounts, realAcct } from './tables/real-acct.ts';
import { districtRates, exemptionCodes, EXEMPTIONS, jurExemptions, jurValues } from './tables/values.ts';

type MakeRows = (district: District, columns: readonly Column[]) => Iterable<Row>;
type Tables = Readonly<Record<string, readonly [string, MakeRows]>>;

const nothing: MakeRows = () => [];
const business: MakeRows = (district, columns) =>
  genericRows(columns, district, numbersUpTo(Math.ceil(district.accounts / 10), 7));
const protests: MakeRows = (district, columns) => genericRows(columns, district, protestedAccounts(district));

const accounts: Tables = {
  real_acct: [accountColumns.real_acct, realAcctRows],
  owners: [accountColumns.owners, owners],
  deeds: [accountColumns.deeds, deeds],
  permits: [accountColumns.permits, permits],
  parcel_tieback: [accountColumns.parcel_tieback, parcelTieback],
  real_neighborhood_code: [accountColumns.real_neighborhood_code, neighborhoods],
  real_mnrl: [accountColumns.real_mnrl, minerals],
};

const buildings: Tables = {
  building_res: [buildingColumns.building_res, residentialRows],
  building_other: [buildingColumns.building_other, otherRows],
  exterior: [buildingColumns.exterior, exterior],
  extra_features: [buildingColumns.extra_features, extraFeatures],
  extra_features_detail1: [
    buildingColumns.extra_features_detail1,
    (district) => extraFeatureDetails(district, true),
  ],
  extra_features_detail2: [
    buildingColumns.extra_features_detail1,
    (district) => extraFeatureDetails(district, false),
  ],
  fixtures: [buildingColumns.fixtures, fixtures],
  land: [buildingColumns.land, land],
  land_ag: [buildingColumns.land, nothing],
  structural_elem1: [
    buildingColumns.structural_elem1,
    (district) => structuralElements(district, 'residential'),
  ],
  structural_elem2: [buildingColumns.structural_elem1, (district) => structuralElements(district, 'other')],
};

const values: Tables = {
  jur_value: [valueColumns.jur_value, jurValues],
  jur_exempt: [valueColumns.jur_exempt, jurExemptions],
  jur_exempt_cd: [valueColumns.jur_exempt_cd, exemptionCodes],
  jur_exemption_dscr: [valueColumns.jur_exemption_dscr, () => EXEMPTIONS],
  jur_tax_dist_exempt_value_rate: [valueColumns.jur_tax_dist_exempt_value_rate, () => districtRates('R')],
};

const archives: Readonly<Record<string, Tables>> = {
  Real_acct_owner: accounts,
  Real_acct_ownership_history: { ownership_history: [accountColumns.ownership_history, ownershipHistory] },
  Real_building_land: buildings,
  Real_jur_exempt: values,
  PP_files: {
    ...businessTables(),
    t_jur_tax_dist_exempt_value_rate: [
      businessColumns.t_jur_tax_dist_exempt_value_rate,
      () => districtRates('P'),
    ],
    // Its accounts have moved to real_mnrl.
    t_pp_e: [businessColumns.t_pp_e, nothing],
  },
  Hearing_files: {
    arb_hearings_real: [businessColumns.arb_hearings_real, protests],
    arb_hearings_pp: [businessColumns.arb_hearings_pp, business],
    arb_protest_real: [businessColumns.arb_protest_real, protests],
    arb_protest_pp: [businessColumns.arb_protest_pp, nothing],
  },
  Code_description_real: codeTables('desc_r_'),
  Code_description_pp: codeTables('desc_t_'),
};

/** Ends of lines of files that differ from CR LF, and the file whose last line has no end. */
const ENDS: Readonly<Record<string, readonly string[]>> = { permits: ['\r\n', '\r\n', '\n'] };
const UNENDED = 'deeds';

/** All files of the Harris Central Appraisal District. */
export const hcadTables: readonly CountyTable[] = Object.entries(archives).flatMap(([archive, tables]) =>
  Object.entries(tables).map(([name, [notation, makeRows]]) =>
    defineTable(archive, name, notation, makeRows),
  ),
);

function defineTable(archive: string, name: string, notation: string, makeRows: MakeRows): CountyTable {
  const columns = parseColumns(notation);
  return {
    name,
    archive,
    memberOf: () => `${name}.txt`,
    columns,
    format: delimitedFormat(columns, '\t'),
    header: columns.map((column) => column.name).join('\t'),
    ends: ENDS[name] ?? ['\r\n'],
    isLastLineEnded: name !== UNENDED,
    isDamaged: true,
    rows: (district) => makeRows(district, columns),
  };
}

function businessTables(): Tables {
  const names = Object.entries(businessColumns).filter(([name]) => name.startsWith('t_'));
  return Object.fromEntries(names.map(([name, notation]) => [name, [notation, business]]));
}

function codeTables(prefix: string): Tables {
  const names = Object.entries(codeColumns).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(
    names.map(([name, notation]) => [
      name,
      [notation, (district, columns) => codeRows(name, district, columns)],
    ]),
  );
}

function* realAcctRows(district: District, columns: readonly Column[]): Generator<Row> {
  const makeRow = rowMaker(columns);
  for (const account of accountsOf(district)) yield makeRow(realAcct(account, district));
}

function* residentialRows(district: District, columns: readonly Column[]): Generator<Row> {
  const makeRow = rowMaker(columns);
  for (const building of buildingsOf(district, 'residential'))
    yield makeRow(buildingFields(building, district), buildingRes(building));
}

function* otherRows(district: District, columns: readonly Column[]): Generator<Row> {
  const makeRow = rowMaker(columns);
  for (const building of buildingsOf(district, 'other'))
    yield makeRow(buildingFields(building, district), buildingOther(building));
}
