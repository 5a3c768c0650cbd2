import { DAY_MS } from '../../../lib/time.ts';
import { formatDay, stamp } from '../instant.ts';
import type { Home } from '../../county/data/home.ts';
import { createRandom, type Random } from '../random.ts';
import { toDecimal, type SandboxRecord, readText } from '../record.ts';
import { sets } from '../sets.ts';
import { makeAddress } from './address.ts';
import { makeBuilding } from './building.ts';
import { makeAgentFields } from './agents.ts';
import { harrisFields, harrisHome, harrisTown } from './harris.ts';
import { towns } from './towns.ts';
import { makeRemarks } from './remarks.ts';
import { makeStatus } from './status.ts';
import { systems } from './words.ts';

/** A prime: every index below it gets a different key, and the order of keys does not depend on age. */
const KEY_COUNT = 400_000_009;

/** Makes the key of the listing with this index, with nine or ten digits. */
export function makeListingKey(seed: number, index: number): string {
  return String(950_000_000 + ((index * 247_483_647 + seed * 7919) % KEY_COUNT));
}

const blank: SandboxRecord = Object.fromEntries(
  [...sets.get('Property')!.fields.keys()].map((name) => [name, null]),
);

/** Makes the listing with this index, last changed at `at`, with `photos` photos; the same seed gives the same listing. */
export function makeListing(seed: number, index: number, at: number, photos: number): SandboxRecord {
  const source = createRandom(seed, 'listing', index);
  const key = makeListingKey(seed, index);
  const parcel = harrisHome(seed, index);
  const anyTown = source.pick(towns);
  const town = parcel === undefined ? anyTown : harrisTown(parcel);
  const { type, attached, area } = makeKind(source, parcel);
  const land = type === 'Land';
  const location = makeAddress(source, town, attached);
  const house = makeBuilding(source, { land, attached, area });
  const statusFields = makeStatus(source, at);
  const value = (land ? 0.25 : 1) * area * town.dollarsPerSquareFoot * (0.8 + source.next() * 0.4);
  const lease = type === 'ResidentialLease';
  const home = {
    beds: Number(house['BedroomsTotal'] ?? 0),
    city: town.city,
    area: readText(location, 'MLSAreaMajor').slice(6),
  };
  const system = source.pick(systems);
  return {
    ...blank,
    ListingKey: key,
    ListingKeyNumeric: Number(key),
    ListingId: `${system.slice(0, 2).toUpperCase()}${20_000_000 + index}`,
    OriginatingSystemName: system,
    OriginatingSystemKey: String(700_000 + index),
    SourceSystemName: 'Trestle',
    PropertyType: type,
    PropertySubType: land ? 'UnimprovedLand' : attached ? 'Condominium' : 'SingleFamilyResidence',
    ParcelNumber: `${source.int(100, 999)}-${source.int(100, 999)}-${source.int(10, 99)}`,
    ...statusFields,
    ...makePrices(lease ? value / 220 : value, statusFields, source.next()),
    LeaseAmount: lease && statusFields['CloseDate'] !== null ? toDecimal(value / 220, 2) : null,
    ...location,
    ...house,
    ...(parcel === undefined ? {} : harrisFields(seed, index, parcel)),
    ...makeFees(source.chance(attached ? 0.9 : 0.2), value, source.next()),
    PublicRemarks: makeRemarks(source, home),
    PrivateRemarks: source.chance(0.5)
      ? 'Lockbox on gate. Text agent first: 555-0142. Dog is friendly 🐕.'
      : null,
    ...makeAgentFields(source, statusFields['PurchaseContractDate'] !== null),
    InternetEntireListingDisplayYN: true,
    InternetAddressDisplayYN: source.chance(0.97),
    InternetAutomatedValuationDisplayYN: source.chance(0.8),
    InternetConsumerCommentYN: source.chance(0.6),
    PhotosCount: photos,
    PhotosChangeTimestamp: photos === 0 ? null : stamp(at - source.int(0, 20 * DAY_MS)),
    VideosChangeTimestamp: source.chance(0.05) ? stamp(at - source.int(0, 9 * DAY_MS)) : null,
    VirtualTourURLUnbranded: source.chance(0.2) ? `https://tours.sandbox.invalid/${key}?mls=1&brand=0` : null,
    X_FloodZoneCode: source.pick(['X', 'AE', 'VE', '']),
    X_WalkScore: source.int(5, 99),
    X_LocalStatusNote: source.chance(0.1) ? `Status set ${formatDay(at)}` : null,
    ModificationTimestamp: stamp(at),
  };
}

type Kind = { readonly type: string; readonly attached: boolean; readonly area: number };

/** The type of a listing; that of its parcel if it has one. */
function makeKind(source: Random, parcel: Home | undefined): Kind {
  const type = source.pick(['Residential', 'Residential', 'Residential', 'ResidentialLease', 'Land']);
  const attached = type !== 'Land' && source.chance(0.3);
  const area = source.int(attached ? 500 : 900, attached ? 1900 : 4800);
  if (parcel === undefined) return { type, attached, area };
  if (parcel.kind === 'land') return { type: 'Land', attached: false, area };
  return {
    type: type === 'Land' ? 'Residential' : type,
    attached: parcel.kind === 'condo',
    area: parcel.livingArea,
  };
}

function makePrices(value: number, statusFields: SandboxRecord, luck: number): SandboxRecord {
  const asked = Math.round(value / 100) * 100;
  const before =
    statusFields['PriceChangeTimestamp'] === null ? null : Math.round((asked * 1.04) / 100) * 100;
  return {
    ListPrice: toDecimal(asked, 2),
    OriginalListPrice: toDecimal(before ?? asked, 2),
    PreviousListPrice: before === null ? null : toDecimal(before, 2),
    ClosePrice: statusFields['CloseDate'] === null ? null : toDecimal(asked * (0.94 + luck * 0.09), 2),
  };
}

function makeFees(association: boolean, value: number, luck: number): SandboxRecord {
  return {
    AssociationYN: association,
    AssociationFee: association ? toDecimal(60 + luck * 700, 2) : null,
    AssociationFeeFrequency: association ? 'Monthly' : null,
    AssociationName: association ? 'Maple & Oak HOA' : null,
    TaxAnnualAmount: toDecimal(value * 0.0115, 2),
    TaxAssessedValue: Math.round(value * 0.85),
    TaxYear: 2025,
  };
}
