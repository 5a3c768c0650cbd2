import { RawNumber, type SandboxRecord, type FieldValue, readText } from '../record.ts';

/** One listing in this many has an odd value. */
const ODDITY_INTERVAL = 25;

const MAX_REMARKS_LENGTH = 12_000;

/** Odd values that live feeds send and a database has to store. */
const oddities: readonly ((record: SandboxRecord) => { readonly [field: string]: FieldValue })[] = [
  () => ({ LotSizeDimensions: '0.000000x0.000000' }),
  () => ({ PetsComments: ',' }),
  () => ({ UnitNumber: 'None' }),
  () => ({ City: 'Coeur d&#39;Alene &amp; Hayden' }),
  () => ({ ListPrice: new RawNumber('-1.0') }),
  (record) => ({ PublicRemarks: repeatToLength(readText(record, 'PublicRemarks')) }),
  () => ({ SubdivisionName: '', Directions: '', MLSAreaMajor: '', Heating: '', PrivateRemarks: '' }),
  () => ({ ListPrice: new RawNumber('308000.0'), LivingArea: new RawNumber('0.00'), YearBuilt: 0 }),
  () => ({
    PublicRemarks: 'Tab\there, back\\slash, "quotes", a \u2028 separator, e\u0301 in two parts, 👨‍👩‍👧‍👦.',
  }),
  () => ({ LotSizeSquareFeet: new RawNumber('999999999999.99'), LotSizeAcres: new RawNumber('0') }),
  () => ({ StreetName: '  Main ', StreetSuffix: ' ', ListAgentFullName: 'NULL' }),
  () => ({ PhotosChangeTimestamp: null }),
  () => ({ Latitude: new RawNumber('0.0'), Longitude: new RawNumber('-179.99999999') }),
  () => ({ ClosePrice: new RawNumber('0'), DaysOnMarket: -3, TaxYear: 0 }),
];

/** Adds an odd value to one listing in `ODDITY_INTERVAL`; returns the others unchanged. */
export function addOddity(record: SandboxRecord, index: number): SandboxRecord {
  if (index % ODDITY_INTERVAL !== 7) return record;
  const oddity = oddities[Math.floor(index / ODDITY_INTERVAL) % oddities.length]!;
  return { ...record, ...oddity(record) };
}

function repeatToLength(text: string): string {
  const long = `${text} `.repeat(Math.ceil(MAX_REMARKS_LENGTH / text.length)).slice(0, MAX_REMARKS_LENGTH);
  return /[\uD800-\uDBFF]$/.test(long) ? `${long.slice(0, -1)}.` : long;
}
