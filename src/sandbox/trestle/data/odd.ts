import { RawNumber, type Rec, type Value, textIn } from '../record.ts';

/** Every so many listings, one has something odd about it. */
const EVERY = 25;

const LONGEST = 12_000;

/** What live feeds send and a database has to take. */
const oddities: readonly ((record: Rec) => { readonly [field: string]: Value })[] = [
  () => ({ LotSizeDimensions: '0.000000x0.000000' }),
  () => ({ PetsComments: ',' }),
  () => ({ UnitNumber: 'None' }),
  () => ({ City: 'Coeur d&#39;Alene &amp; Hayden' }),
  () => ({ ListPrice: new RawNumber('-1.0') }),
  (record) => ({ PublicRemarks: stretch(textIn(record, 'PublicRemarks')) }),
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

/** The listing, odd where its turn has come. */
export function odd(record: Rec, index: number): Rec {
  if (index % EVERY !== 7) return record;
  const oddity = oddities[Math.floor(index / EVERY) % oddities.length]!;
  return { ...record, ...oddity(record) };
}

function stretch(text: string): string {
  const long = `${text} `.repeat(Math.ceil(LONGEST / text.length)).slice(0, LONGEST);
  return /[\uD800-\uDBFF]$/.test(long) ? `${long.slice(0, -1)}.` : long;
}
