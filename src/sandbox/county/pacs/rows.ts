import { type Account, accountsOf, type District, ownerName } from '../data/district.ts';
import type { Cell, Row } from '../format/column.ts';

type Values = Readonly<Record<string, Cell>>;
export type MakeRow = (values: Values) => Row;

const FIRST_PROPERTY = 100_001;
const FIRST_OWNER = 900_001;
const ENTITIES = ['CAD', 'GBX', 'SBX', 'RDM'] as const;

/** A property of two owners has a row for each of them. */
export function* infoRows(district: District, makeRow: MakeRow): Generator<Row> {
  for (const account of accountsOf(district)) {
    for (let owner = 1; owner <= account.owners; owner++) {
      const name = ownerName(account, owner);
      yield makeRow({
        ...keyOf(account, district),
        sup_num: 0,
        prop_type_cd: 'R',
        geo_id: account.account,
        py_owner_id: FIRST_OWNER + account.nth * 2 + owner,
        py_owner_name: name,
        partial_owner: account.owners > 1 ? 'T' : 'F',
        ...ownerAddress('py', account),
        py_confidential_flag: 'F',
        py_addr_ml_deliverable: account.nth % 5 === 0 ? 'N' : 'Y',
        situs_street: account.street,
        situs_street_suffix: account.shortSuffix,
        situs_city: account.city.toUpperCase(),
        situs_zip: account.zip,
        situs_num: account.streetNumber,
        situs_unit: account.unit ?? null,
        legal_desc: `${account.subdivision}, BLOCK ${account.block}, LOT ${account.lot}, "A"`,
        legal_acreage: account.nth % 2 === 0 ? '0.0000' : acresOf(account),
        abs_subdv_cd: `S${String(account.block % 40).padStart(4, '0')}`,
        hood_cd: String(account.neighborhood),
        block: String(account.block),
        tract_or_lot: String(account.lot),
        ...infoValues(account),
        deed_book_id: String(1000 + account.nth),
        deed_dt: account.nth % 4 === 0 ? null : `${1990 + (account.nth % 30)}-06-1${account.nth % 10}`,
        hs_exempt: account.kind === 'house' ? 'T' : 'F',
        ov65_exempt: account.nth % 6 === 0 ? 'T' : 'F',
        imprv_state_cd: account.kind === 'land' ? null : 'A1',
        land_state_cd: 'A1',
        land_acres: acresOf(account),
        rendition_filed: 'F',
        chodo_exempt: 'F',
        appraised_val_prod_loss: 0,
        assessed_val_prod_loss: 0,
      });
    }
  }
}

function keyOf(account: Account, district: District): Values {
  return { prop_id: FIRST_PROPERTY + account.block * 100 + account.lot, prop_val_yr: district.year };
}

function acresOf(account: Account): string {
  return (account.lotSquareFeet / 43_560).toFixed(4);
}

function ownerAddress(prefix: string, account: Account): Values {
  return {
    [`${prefix}_addr_line1`]: `${account.streetNumber} ${account.street} ${account.shortSuffix}`,
    [`${prefix}_addr_city`]: account.city.toUpperCase(),
    [`${prefix}_addr_state`]: 'TX',
    [`${prefix}_addr_country`]: 'US',
    [`${prefix}_addr_zip`]: account.zip,
  };
}

/** assessed_val = appraised_val - ten_percent_cap - nhs_cap_loss; appraised_val is before the cap. */
function infoValues(account: Account): Values {
  const loss = account.marketValue - account.appraisedValue;
  return {
    land_hstd_val: account.landValue,
    land_non_hstd_val: 0,
    imprv_hstd_val: account.buildingValue,
    imprv_non_hstd_val: account.extraValue,
    ag_use_val: 0,
    ag_market: 0,
    timber_use: 0,
    timber_market: 0,
    appraised_val: account.marketValue,
    ten_percent_cap: loss,
    assessed_val: account.appraisedValue,
    nhs_cap_loss: 0,
    market_value: account.marketValue,
  };
}

export function* entityInfoRows(district: District, makeRow: MakeRow): Generator<Row> {
  for (const account of accountsOf(district)) {
    for (const [n, code] of ENTITIES.entries())
      yield makeRow({
        ...keyOf(account, district),
        sup_num: 0,
        owner_id: FIRST_OWNER + account.nth * 2 + 1,
        entity_id: n + 1,
        entity_cd: code,
        entity_name: `ENTITY ${code}`,
        assessed_val: account.appraisedValue,
        taxable_val: account.appraisedValue,
        hs_amt: 0,
        ov65_amt: 0,
        dp_amt: 0,
        dv_amt: 0,
        market_value: account.marketValue,
        appraised_value: account.marketValue,
        freeze_type_code: account.nth % 6 === 0 ? 'OA' : null,
      });
  }
}

export function* improvementRows(district: District, makeRow: MakeRow): Generator<Row> {
  for (const account of builtAccounts(district))
    yield makeRow({
      ...keyOf(account, district),
      imprv_id: 1,
      imprv_type_cd: 'R',
      imprv_type_desc: 'RESIDENTIAL',
      imprv_state_cd: 'A1',
      imprv_homesite: 'T',
      imprv_val: account.buildingValue,
      imprv_homesite_pct: '100.00',
      omitted: 'F',
      omitted_imprv_val: 0,
    });
}

/** The living area is in the rows of the main area, which can be several. */
export function* detailRows(district: District, makeRow: MakeRow): Generator<Row> {
  for (const account of builtAccounts(district)) {
    const upper = account.stories > 1 ? 400 : 0;
    const parts = [
      ['MA', 'MAIN AREA', account.livingArea - upper],
      ...(upper > 0 ? ([['MA2', 'MAIN AREA 2ND FLOOR', upper]] as const) : []),
      ['GAR', 'ATTACHED GARAGE', 420],
    ] as const;
    for (const [n, [code, text, area]] of parts.entries())
      yield makeRow({
        ...keyOf(account, district),
        imprv_id: 1,
        imprv_det_id: n + 1,
        imprv_det_type_cd: code,
        imprv_det_type_desc: text,
        imprv_det_class_cd: 'R4',
        yr_built: account.yearBuilt,
        depreciation_yr: account.yearBuilt,
        imprv_det_area: `${area}.0`,
        imprv_det_val: String(area * 100),
        sketch_cmds: 'R20,D30,L20,U30',
      });
  }
}

export function* attributeRows(district: District, makeRow: MakeRow): Generator<Row> {
  for (const account of builtAccounts(district)) {
    const attributes = [
      ['Bedrooms', String(account.beds)],
      ['Baths', `${account.fullBaths}.${account.halfBaths * 5}`],
    ] as const;
    for (const [n, [text, value]] of attributes.entries())
      yield makeRow({
        ...keyOf(account, district),
        imprv_id: 1,
        imprv_det_id: 1,
        attribute_id: n + 1,
        attribute_desc: text,
        attribute_value: value,
      });
  }
}

export function* landRows(district: District, makeRow: MakeRow): Generator<Row> {
  for (const account of accountsOf(district))
    yield makeRow({
      ...keyOf(account, district),
      land_seg_id: 1,
      land_type_cd: 'LOT',
      land_type_desc: 'PLATTED LOT',
      state_cd: 'A1',
      land_seg_homesite: 'T',
      size_acres: acresOf(account),
      size_square_feet: account.lotSquareFeet,
      effective_front: '60.0',
      effective_depth: '110.0',
      mkt_ls_method: 'SQ',
      mkt_ls_class: 'R1',
      land_seg_mkt_val: account.landValue,
      ag_apply: 'F',
      ag_value: 0,
      land_homesite_pct: '100.00',
    });
}

export function* headerRows(district: District, makeRow: MakeRow): Generator<Row> {
  yield makeRow({
    run_date: `07/20/${district.year} 1`,
    file_description: 'SANDBOX APPRAISAL EXPORT',
    appraisal_year: district.year,
    supplement_num: 0,
    entity_cd: 'CAD',
    entity_desc: 'SANDBOX CAD',
    office: 'SANDBOX',
    operator: 'NOBODY',
    pacs_version: '8.0.30',
    export_version: '8.0.30',
  });
}

export function* entityRows(_district: District, makeRow: MakeRow): Generator<Row> {
  for (const [n, code] of ENTITIES.entries()) yield makeRow({ entity_id: n + 1, entity_cd: code });
}

export function* subdivisionRows(_district: District, makeRow: MakeRow): Generator<Row> {
  for (let n = 0; n < 40; n++)
    yield makeRow({ code: `S${String(n).padStart(4, '0')}`, description: `SUBDIVISION ${n} A\u00D1EJO` });
}

function* builtAccounts(district: District): Generator<Account> {
  for (const account of accountsOf(district)) if (account.kind !== 'land') yield account;
}
