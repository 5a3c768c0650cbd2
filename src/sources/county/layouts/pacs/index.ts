import type { LayoutFile } from '../layout-file.ts';
import { agentColumns, laterColumns } from './agent-columns.ts';
import { details } from './details.ts';
import { propertyColumns } from './property-columns.ts';
import { rollColumns } from './roll-columns.ts';

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
};
