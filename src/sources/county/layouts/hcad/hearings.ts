import type { TableFiles } from '../layout-file.ts';

/** Protests and hearings: `Hearing_files.zip`. */
export const hearings: TableFiles = {
  arb_hearings_real: {
    archive: 'Hearing_files',
    member: 'arb_hearings_real.txt',
    columns: {
      acct: 'account 13',
      Tax_Year: { type: 'year', column: 'file_tax_year' },
      Real_Personal_Property: 'code 1',
      Hearing_Type: 'code 1',
      State_Class_Code: 'code 16',
      Owner_Name: 'text 100',
      Scheduled_for_Date: 'date',
      Actual_Hearing_Date: 'date',
      Release_Date: 'date',
      Letter_Type: 'code 2',
      Agent_Code: 'code 6',
      Initial_Appraised_Value: 'money',
      Initial_Market_Value: 'money',
      Final_Appraised_Value: 'money',
      Final_Market_Value: 'money',
    },
    indexes: [['acct']],
  },
  arb_hearings_pp: {
    archive: 'Hearing_files',
    member: 'arb_hearings_pp.txt',
    columns: {
      acct: 'account 7',
      Tax_Year: { type: 'year', column: 'file_tax_year' },
      Personal: 'code 1',
      Hearing_Type: 'code 1',
      State_Class_Code: 'code 2',
      Owner_Name: 'text 100',
      Scheduled_for_Date: 'date',
      Actual_Hearing_Date: 'date',
      Release_Date: 'date',
      Letter_Type: 'code 2',
      Agent_Code: 'code 6',
      Initial_Value: 'money',
      Final_Value: 'money',
    },
    indexes: [['acct']],
  },
  arb_protest_real: {
    archive: 'Hearing_files',
    member: 'arb_protest_real.txt',
    columns: {
      acct: 'account 13',
      protested_by: 'code 6',
      protested_dt: 'date',
    },
    indexes: [['acct']],
  },
  arb_protest_pp: {
    archive: 'Hearing_files',
    member: 'arb_protest_pp.txt',
    columns: {
      acct: 'account 7',
      protested_by: 'code 6',
      protested_dt: 'date',
    },
    indexes: [['acct']],
  },
};
