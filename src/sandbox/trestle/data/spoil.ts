import type { FieldType } from '../../../dataset/dataset.ts';
import { RawNumber, type Rec, type Value } from '../record.ts';
import { sets } from '../sets.ts';

type Alteration = () => { readonly [field: string]: Value };

/** What an essential field cannot hold. */
const fatal: readonly Alteration[] = [
  () => ({ ListPrice: new RawNumber('1e15') }),
  () => ({ StandardStatus: 'x'.repeat(lengthOf('StandardStatus') + 1) }),
  () => ({ InternetEntireListingDisplayYN: 'maybe' }),
  () => ({ ClosePrice: 'much', CloseDate: '2026-02-30' }),
  () => ({ ListPrice: new RawNumber('449000.005') }),
];

/** What another field cannot hold exactly. */
const misfits: readonly Alteration[] = [
  () => ({ Latitude: new RawNumber('30.267155119999998') }),
  () => ({ LotSizeSquareFeet: new RawNumber('1000000000000') }),
  () => ({ CloseDate: '2026-02-30' }),
  () => ({ StatusChangeTimestamp: '2026-13-45T99:00:00.000-00:00' }),
  () => ({ YearBuilt: 'nineteen ninety' }),
  () => ({ City: 'x'.repeat(lengthOf('City') + 1) }),
  () => ({ BedroomsTotal: 4_294_967_296 }),
  () => ({ Longitude: 'W 97.74' }),
  () => ({ AssociationYN: 'maybe' }),
  () => ({ LotSizeAcres: new RawNumber('0.22956841138659'), ListingContractDate: 'yesterday' }),
  () => ({ PostalCode: '9'.repeat(lengthOf('PostalCode') + 36), TaxAssessedValue: 2_147_483_648 }),
];

/** The record with something in it that no row may hold. Key and cursor stay good. */
export function spoiled(record: Rec, turn: number): Rec {
  return { ...record, ...fatal[turn % fatal.length]!() };
}

/** The record with something in it that its column cannot hold exactly, and that must not cost the record. */
export function misfitting(record: Rec, turn: number): Rec {
  return { ...record, ...misfits[turn % misfits.length]!() };
}

function lengthOf(field: string): number {
  const type: FieldType | undefined = sets.get('Property')?.fields.get(field);
  return type?.kind === 'string' ? type.length : 255;
}
