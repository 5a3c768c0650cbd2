import type { TableFiles } from '../layout-file.ts';

/** Values and exemptions by taxing district: `Real_jur_exempt.zip`. */
export const jurisdictions: TableFiles = {
  jur_value: {
    archive: 'Real_jur_exempt',
    member: 'jur_value.txt',
    columns: {
      acct: 'account 13',
      tax_district: 'code 6',
      tp_cd: 'code 1',
      pct_district: 'number',
      appraised_val: 'money',
      taxable_val: 'money',
    },
    key: ['acct', 'tax_district'],
    rules: [{ kind: 'required', column: 'tax_district', maxPercent: 0 }],
  },
  jur_exempt: {
    archive: 'Real_jur_exempt',
    member: 'jur_exempt.txt',
    columns: {
      acct: 'account 13',
      tax_district: 'code 6',
      exempt_cat: 'code 4',
      exempt_val: { type: 'money', nulls: ['Pending'] },
    },
    key: ['acct', 'tax_district', 'exempt_cat'],
  },
  jur_exempt_cd: {
    archive: 'Real_jur_exempt',
    member: 'jur_exempt_cd.txt',
    columns: {
      acct: 'account 13',
      exempt_cat: 'code 100',
    },
    key: ['acct'],
  },
  jur_exemption_dscr: {
    archive: 'Real_jur_exempt',
    member: 'jur_exemption_dscr.txt',
    columns: {
      exempt_cat: 'code 4',
      exemption_dscr: 'text 50',
    },
    key: ['exempt_cat'],
  },
  // `name` can be a single NUL byte.
  jur_tax_dist_exempt_value_rate: {
    archive: 'Real_jur_exempt',
    member: 'jur_tax_dist_exempt_value_rate.txt',
    columns: {
      RP_TYPE: 'code 4',
      tax_dist: 'code 6',
      name: 'text 100',
      exempt_cd: 'code 3',
      prop: 'number',
      curr: 'number',
      exempt_val: { type: 'money', nulls: ['Pending'] },
      exempt_rate: 'number',
    },
    key: ['tax_dist', 'exempt_cd'],
  },
};
