import type { FieldType } from '../../model.ts';
import { RawNumber, type Rec, type Value } from '../record.ts';
import { sets } from '../sets.ts';

const bad: readonly (() => { readonly [field: string]: Value })[] = [
  () => ({ LotSizeSquareFeet: new RawNumber('1000000000000') }),
  () => ({ CloseDate: '2026-02-30' }),
  () => ({ StatusChangeTimestamp: '2026-13-45T99:00:00.000-00:00' }),
  () => ({ YearBuilt: 'nineteen ninety' }),
  () => ({ City: 'x'.repeat(lengthOf('City') + 1) }),
  () => ({ BedroomsTotal: 4_294_967_296 }),
  () => ({ Latitude: 'N 33.77' }),
  () => ({ AssociationYN: 'maybe' }),
  () => ({ ListPrice: new RawNumber('1e15'), ListingContractDate: 'yesterday' }),
  () => ({ PostalCode: '9'.repeat(lengthOf('PostalCode') + 36), TaxAssessedValue: 2_147_483_648 }),
];

/** The record with something in it that no table can hold. Key and cursor stay good. */
export function spoiled(record: Rec, turn: number): Rec {
  return { ...record, ...bad[turn % bad.length]!() };
}

function lengthOf(field: string): number {
  const type: FieldType | undefined = sets.get('Property')?.fields.get(field);
  return type?.kind === 'string' ? type.length : 255;
}
