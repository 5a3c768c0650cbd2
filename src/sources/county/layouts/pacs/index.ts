import type { LayoutFile } from '../layout-file.ts';
import { agentColumns, laterColumns } from './agent-columns.ts';
import { details } from './details.ts';
import { propertyColumns } from './property-columns.ts';
import { rollColumns } from './roll-columns.ts';

/** The details that count as living area. Other descriptions differ from county to county. */
const mainArea = {
  table: 'improvement_detail',
  only: { imprv_det_type_desc: ['MAIN AREA', 'LIVING AREA'] },
};

/**
 * "Appraisal Export Layout" of Harris Govern PACS 8.0, which most districts in Texas use: fixed positions, no header. Later
 * versions only append to APPRAISAL_INFO, so that positions up to 5357 have one meaning in each of its lengths.
 */
export const pacs: LayoutFile = {
  name: 'pacs',
  archives: { appraisal: '{year}/appraisal.zip' },
  defaults: { format: 'fixed', dates: ['MMDDYYYY', 'MM-DD-YYYY', 'MM/DD/YYYY', 'YYYY-MM-DD'] },
  tables: {
    appraisal_info: {
      archive: 'appraisal',
      member: ['*APPRAISAL_INFO.TXT', 'PROP.TXT'],
      lengths: [5357, 9067, 9247, 9659, 9714, 9716, 9922],
      columns: { ...propertyColumns, ...rollColumns, ...agentColumns, ...laterColumns },
      // A property with shares has a row for each owner.
      key: ['prop_val_yr', 'sup_num', 'prop_id', 'py_owner_id'],
      indexes: [['prop_id']],
      rules: [
        { kind: 'pattern', column: 'prop_type_cd', pattern: '^(R|P|MN|M|A)$', maxPercent: 1 },
        { kind: 'pattern', column: 'hs_exempt', pattern: '^[TF]$', maxPercent: 0.1 },
        { kind: 'pattern', column: 'ov65_exempt', pattern: '^[TF]$', maxPercent: 0.1 },
        { kind: 'range', column: 'legal_acreage', min: 0, max: 1_000_000, maxPercent: 0.1 },
        { kind: 'required', column: 'prop_val_yr', maxPercent: 0 },
        { kind: 'nulls', column: 'appraised_val', maxGrowth: 5 },
      ],
    },
    ...details,
  },
  parcels: {
    table: 'appraisal_info',
    account: 'prop_id',
    // Listings of some counties have geo_id instead, in forms that differ: those are matched by their address.
    number: { keep: 'exact', minLength: 4 },
    fields: {
      owner: 'py_owner_name',
      street_number: 'situs_num',
      street_name: 'situs_street',
      unit: 'situs_unit',
      city: 'situs_city',
      postal_code: 'situs_zip',
      neighborhood: 'hood_cd',
      class: 'imprv_state_cd',
      market_value: 'market_value',
      // Appraised_val is before the cap.
      appraised_value: 'assessed_val',
      land_square_feet: { table: 'land_detail', function: 'sum', column: 'size_square_feet' },
      // Legal_acreage is 0 for platted lots.
      acres: { table: 'land_detail', function: 'sum', column: 'size_acres' },
      living_area: { ...mainArea, function: 'sum', column: 'imprv_det_area' },
      year_built: { ...mainArea, function: 'min', column: 'yr_built' },
    },
  },
};
