import type { TableFiles } from '../layout-file.ts';

const extraFeaturesDetail1Columns = {
  acct: 'account 13',
  cd: 'code 6',
  dscr: 'text 50',
  grade: 'code 4',
  cond_cd: 'code 2',
  bld_num: 'integer',
  length: 'integer',
  width: 'integer',
  units: 'number',
  unit_price: 'number',
  adj_unit_price: 'number',
  pct_comp: 'number',
  act_yr: 'year',
  eff_yr: 'year',
  roll_yr: 'year',
  DT: 'code 6',
  pct_cond: 'number',
  dpr_val: 'money',
  note: 'text 50',
  asd_val: 'money',
};

const landColumns = {
  acct: 'account 13',
  num: 'integer',
  use_cd: 'code 4',
  use_dscr: 'text 50',
  inf_cd: 'code 4',
  inf_dscr: 'text 50',
  inf_adj: 'number',
  tp: 'code 2',
  uts: 'number',
  sz_fact: 'number',
  inf_fact: 'number',
  cond: 'number',
  ovr_dscr: 'text 50',
  tot_adj: 'number',
  unit_prc: 'number',
  adj_unit_prc: 'number',
  val: 'money',
  ovr_val: 'money',
};

/** Extra features and land: the second half of `Real_building_land.zip`. */
export const features: TableFiles = {
  // No key. `count` is the number of features of the whole account, on each row; the quantity is `uts`.
  extra_features: {
    archive: 'Real_building_land',
    member: 'extra_features.txt',
    columns: {
      acct: 'account 13',
      bld_num: 'integer',
      count: 'integer',
      grade: 'code 4',
      cd: 'code 6',
      s_dscr: 'text 10',
      l_dscr: 'text 50',
      cat: 'code 6',
      dscr: 'text 50',
      note: 'text 50',
      uts: 'number',
    },
    indexes: [['acct']],
  },
  extra_features_detail1: {
    archive: 'Real_building_land',
    member: 'extra_features_detail1.txt',
    columns: extraFeaturesDetail1Columns,
    indexes: [['acct']],
  },
  extra_features_detail2: {
    archive: 'Real_building_land',
    member: 'extra_features_detail2.txt',
    columns: extraFeaturesDetail1Columns,
    indexes: [['acct']],
  },
  land: {
    archive: 'Real_building_land',
    member: 'land.txt',
    columns: landColumns,
    key: ['acct', 'num'],
  },
  land_ag: {
    archive: 'Real_building_land',
    member: 'land_ag.txt',
    columns: landColumns,
    key: ['acct', 'num'],
  },
};
