import type { FieldType } from '../../../dataset/dataset.ts';
import { RawNumber, type SandboxRecord, type FieldValue } from '../record.ts';
import { sets } from '../sets.ts';

type MakeFields = () => { readonly [field: string]: FieldValue };

/** Values that an essential field cannot hold. */
const corruptions: readonly MakeFields[] = [
  () => ({ ListPrice: new RawNumber('1e15') }),
  () => ({ StandardStatus: 'x'.repeat(columnLengthOf('StandardStatus') + 1) }),
  () => ({ InternetEntireListingDisplayYN: 'maybe' }),
  () => ({ ClosePrice: 'much', CloseDate: '2026-02-30' }),
  () => ({ ListPrice: new RawNumber('449000.005') }),
];

/** Values that other fields cannot hold exactly. */
const conversionFailures: readonly MakeFields[] = [
  () => ({ Latitude: new RawNumber('30.267155119999998') }),
  () => ({ LotSizeSquareFeet: new RawNumber('1000000000000') }),
  () => ({ CloseDate: '2026-02-30' }),
  () => ({ StatusChangeTimestamp: '2026-13-45T99:00:00.000-00:00' }),
  () => ({ YearBuilt: 'nineteen ninety' }),
  () => ({ City: 'x'.repeat(columnLengthOf('City') + 1) }),
  () => ({ BedroomsTotal: 4_294_967_296 }),
  () => ({ Longitude: 'W 97.74' }),
  () => ({ AssociationYN: 'maybe' }),
  () => ({ LotSizeAcres: new RawNumber('0.22956841138659'), ListingContractDate: 'yesterday' }),
  () => ({ PostalCode: '9'.repeat(columnLengthOf('PostalCode') + 36), TaxAssessedValue: 2_147_483_648 }),
];

/** Returns the record with a value that a row must not hold. Key and cursor stay valid. */
export function corruptRecord(record: SandboxRecord, turn: number): SandboxRecord {
  return { ...record, ...corruptions[turn % corruptions.length]!() };
}

/** Returns the record with a value that its column cannot hold exactly, but that must not reject the record. */
export function addConversionFailure(record: SandboxRecord, turn: number): SandboxRecord {
  return { ...record, ...conversionFailures[turn % conversionFailures.length]!() };
}

function columnLengthOf(field: string): number {
  const type: FieldType | undefined = sets.get('Property')?.fields.get(field);
  return type?.kind === 'string' ? type.length : 255;
}
