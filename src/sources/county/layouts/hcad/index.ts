import type { LayoutFile } from '../layout-file.ts';
import { accounts } from './accounts.ts';
import { buildings } from './buildings.ts';
import { business } from './business.ts';
import { codes } from './codes.ts';
import { features } from './features.ts';
import { hearings } from './hearings.ts';
import { jurisdictions } from './jurisdictions.ts';

const ARCHIVES = [
  'Real_acct_owner',
  'Real_acct_ownership_history',
  'Real_building_land',
  'Real_jur_exempt',
  'PP_files',
  'Hearing_files',
  'Code_description_real',
  'Code_description_pp',
];

/** Rows of fixtures by their type: the number of rooms is in `units`. */
const fixture = (type: string) =>
  ({ table: 'fixtures', function: 'sum', column: 'units', only: { type } }) as const;

/**
 * Harris Central Appraisal District, Houston: all files of the years from 2024 on, in the order and with the types of the
 * publisher's layout. Amounts are whole dollars, and rates are per 100 dollars.
 */
export const hcad: LayoutFile = {
  name: 'hcad',
  url: 'https://download.hcad.org/data/CAMA',
  archives: Object.fromEntries(ARCHIVES.map((name) => [name, `{year}/${name}.zip`])),
  defaults: { format: 'tab', header: 'look', encoding: 'windows-1252', dates: ['MM/DD/YYYY', 'YYYY-MM-DD'] },
  tables: {
    ...accounts,
    ...buildings,
    ...features,
    ...jurisdictions,
    ...business,
    ...hearings,
    ...codes,
  },
  parcels: {
    counties: ['Harris', 'Harris County'],
    table: 'real_acct',
    account: 'acct',
    number: { keep: 'alphanumeric', padTo: 13, minLength: 10 },
    fields: {
      owner: 'mailto',
      address: 'site_addr_1',
      street_number: 'str_num',
      street_name: 'str',
      unit: 'str_unit',
      city: 'site_addr_2',
      postal_code: 'site_addr_3',
      neighborhood: 'Neighborhood_Code',
      class: 'state_class',
      market_value: 'tot_mkt_val',
      appraised_value: 'tot_appr_val',
      land_square_feet: 'land_ar',
      acres: 'acreage',
      living_area: { table: 'building_res', function: 'sum', column: 'heat_ar' },
      year_built: { table: 'building_res', function: 'min', column: 'date_erected' },
      bedrooms: fixture('RMB'),
      full_baths: fixture('RMF'),
      half_baths: fixture('RMH'),
      pools: { table: 'extra_features', function: 'sum', column: 'uts', only: { cat: 'PL' } },
    },
  },
};
