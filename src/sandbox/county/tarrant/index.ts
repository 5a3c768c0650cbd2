import { type Account, accountsOf, type District, ownerName } from '../data/district.ts';
import { parseColumns, type Row } from '../format/column.ts';
import { delimitedFormat } from '../format/delimited.ts';
import { rowMaker } from '../format/named-row.ts';
import type { CountyTable } from '../table.ts';

/** Columns in the order of the file. Their lengths are not published; all values are shorter. */
const columns = parseColumns(`
  RP:C10 Appraisal_Year:Y4 Account_Num:A8 Record_Type:C10 Sequence_No:C10 PIDN:C50 Owner_Name:T100
  Owner_Address:T100 Owner_CityState:T100 Owner_Zip:T10 Owner_Zip4:T10 Owner_CRRT:T10 Situs_Address:T100
  Property_Class:C10 TAD_Map:C20 MAPSCO:C20 Exemption_Code:C50 State_Use_Code:C10 LegalDescription:T255
  Notice_Date:D10 County:C10 City:C10 School:C10 Num_Special_Dist:I10 Spec1:C10 Spec2:C10 Spec3:C10
  Spec4:C10 Spec5:C10 Deed_Date:D10 Deed_Book:T20 Deed_Page:T20 Land_Value:M20 Improvement_Value:M20
  Total_Value:M20 Garage_Capacity:N10 Num_Bedrooms:N10 Num_Bathrooms:N10 Year_Built:Y4 Living_Area:N10
  Swimming_Pool_Ind:F1 ARB_Indicator:F1 Ag_Code:C10 Land_Acres:N14 Land_SqFt:N20 Ag_Acres:N14 Ag_Value:M20
  Central_Heat_Ind:F1 Central_Air_Ind:F1 Structure_Count:I10 From_Accts:T100 Appraisal_Date:D10
  Appraised_Value:M20 GIS_Link:C50 Instrument_No:C50 Overlap_Flag:F1`);

const delimited = delimitedFormat(columns, '|', ['']);

/** The file of the Tarrant Appraisal District: separated by `|`, dates without leading zeros. */
export const tarrantTables: readonly CountyTable[] = [
  {
    name: 'property_data',
    archive: 'PropertyData',
    memberOf: ({ year }) => `PropertyData_${year}.txt`,
    columns,
    format: delimited,
    header: columns.map(({ name }) => name).join('|'),
    ends: ['\r\n'],
    isLastLineEnded: true,
    isDamaged: true,
    rows: propertyRows,
  },
];

function* propertyRows(district: District): Generator<Row> {
  const makeRow = rowMaker(columns);
  for (const account of accountsOf(district)) {
    const { kind } = account;
    yield makeRow({
      RP: 'R',
      Appraisal_Year: district.year,
      Account_Num: String(account.block * 100 + account.lot).padStart(8, '0'),
      Record_Type: 'AAAA',
      Sequence_No: '0',
      PIDN: `${1000 + account.block}-${account.lot}`,
      Owner_Name: ownerName(account, 1),
      Owner_Address: `${account.streetNumber} ${account.street} ${account.shortSuffix}`,
      Owner_CityState: 'FORT WORTH, TX',
      Owner_Zip: account.zip,
      Situs_Address: `${account.streetNumber} ${account.street} ${account.shortSuffix}`,
      Property_Class: 'Res',
      State_Use_Code: kind === 'land' ? 'C1' : 'A',
      LegalDescription: `${account.subdivision} Block ${account.block} Lot ${account.lot} 5" "X"`,
      Notice_Date: slashDate(district.year, 4, (account.nth % 28) + 1),
      County: '220',
      City: '026',
      School: '905',
      Num_Special_Dist: 2,
      Deed_Date:
        account.nth % 5 === 0 ? null : slashDate(2001 + (account.nth % 20), (account.nth % 12) + 1, 7),
      ...valuesOf(account),
      ...buildingOf(account),
      Land_Acres: (account.lotSquareFeet / 43_560).toFixed(4),
      Land_SqFt: account.lotSquareFeet,
      Ag_Acres: '0.0000',
      Ag_Value: 0,
      Overlap_Flag: 'N',
    });
  }
}

function valuesOf(account: Account): Readonly<Record<string, number>> {
  return {
    Land_Value: account.landValue,
    Improvement_Value: account.buildingValue + account.extraValue,
    Total_Value: account.marketValue,
    Appraised_Value: account.appraisedValue,
  };
}

function buildingOf(account: Account): Readonly<Record<string, string | number>> {
  if (account.kind === 'land') return { Structure_Count: 0 };
  return {
    Garage_Capacity: account.nth % 3,
    Num_Bedrooms: account.beds,
    Num_Bathrooms: `${account.fullBaths}.${account.halfBaths * 5}`,
    Year_Built: account.yearBuilt,
    Living_Area: account.livingArea,
    Swimming_Pool_Ind: account.hasPool ? 'Y' : 'N',
    Central_Heat_Ind: 'Y',
    Central_Air_Ind: 'Y',
    Structure_Count: 1,
  };
}

/** `4/7/2026`, and the same day as the database has it. */
function slashDate(year: number, month: number, day: number): { raw: string; value: string } {
  return { raw: `${month}/${day}/${year}`, value: `${year}-${twoDigits(month)}-${twoDigits(day)}` };
}

function twoDigits(part: number): string {
  return String(part).padStart(2, '0');
}
