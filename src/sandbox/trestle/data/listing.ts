import { DAY, day, stamp } from '../instant.ts';
import { random } from '../random.ts';
import { decimal, type Rec, textIn } from '../record.ts';
import { sets } from '../sets.ts';
import { address } from './address.ts';
import { building } from './building.ts';
import { people } from './people.ts';
import { places } from './places.ts';
import { remarks } from './remarks.ts';
import { status } from './status.ts';
import { systems } from './words.ts';

/** A prime: every index below it gets a key of its own, and the keys' order says nothing about age. */
const KEYS = 400_000_009;

/** The key of the listing with this index, of nine or ten digits. */
export function listingKey(seed: number, index: number): string {
  return String(950_000_000 + ((index * 247_483_647 + seed * 7919) % KEYS));
}

const blank: Rec = Object.fromEntries([...sets.get('Property')!.fields.keys()].map((name) => [name, null]));

/** The listing with this index: the same for the same seed, changed last at `at`, with `photos` photos. */
export function listing(seed: number, index: number, at: number, photos: number): Rec {
  const source = random(seed, 'listing', index);
  const key = listingKey(seed, index);
  const place = source.pick(places);
  const type = source.pick(['Residential', 'Residential', 'Residential', 'ResidentialLease', 'Land']);
  const land = type === 'Land';
  const attached = !land && source.chance(0.3);
  const area = source.int(attached ? 500 : 900, attached ? 1900 : 4800);
  const where = address(source, place, attached);
  const what = building(source, { land, attached, area });
  const when = status(source, at);
  const value = (land ? 0.25 : 1) * area * place.foot * (0.8 + source.next() * 0.4);
  const lease = type === 'ResidentialLease';
  const home = {
    beds: Number(what['BedroomsTotal'] ?? 0),
    city: place.city,
    area: textIn(where, 'MLSAreaMajor').slice(6),
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
    ...when,
    ...prices(lease ? value / 220 : value, when, source.next()),
    LeaseAmount: lease && when['CloseDate'] !== null ? decimal(value / 220, 2) : null,
    ...where,
    ...what,
    ...fees(source.chance(attached ? 0.9 : 0.2), value, source.next()),
    PublicRemarks: remarks(source, home),
    PrivateRemarks: source.chance(0.5)
      ? 'Lockbox on gate. Text agent first: 555-0142. Dog is friendly 🐕.'
      : null,
    ...people(source, when['PurchaseContractDate'] !== null),
    InternetEntireListingDisplayYN: true,
    InternetAddressDisplayYN: source.chance(0.97),
    InternetAutomatedValuationDisplayYN: source.chance(0.8),
    InternetConsumerCommentYN: source.chance(0.6),
    PhotosCount: photos,
    PhotosChangeTimestamp: photos === 0 ? null : stamp(at - source.int(0, 20 * DAY)),
    VideosChangeTimestamp: source.chance(0.05) ? stamp(at - source.int(0, 9 * DAY)) : null,
    VirtualTourURLUnbranded: source.chance(0.2) ? `https://tours.sandbox.invalid/${key}?mls=1&brand=0` : null,
    X_FloodZoneCode: source.pick(['X', 'AE', 'VE', '']),
    X_WalkScore: source.int(5, 99),
    X_LocalStatusNote: source.chance(0.1) ? `Status set ${day(at)}` : null,
    ModificationTimestamp: stamp(at),
  };
}

function prices(value: number, when: Rec, luck: number): Rec {
  const asked = Math.round(value / 100) * 100;
  const before = when['PriceChangeTimestamp'] === null ? null : Math.round((asked * 1.04) / 100) * 100;
  return {
    ListPrice: decimal(asked, 2),
    OriginalListPrice: decimal(before ?? asked, 2),
    PreviousListPrice: before === null ? null : decimal(before, 2),
    ClosePrice: when['CloseDate'] === null ? null : decimal(asked * (0.94 + luck * 0.09), 2),
  };
}

function fees(association: boolean, value: number, luck: number): Rec {
  return {
    AssociationYN: association,
    AssociationFee: association ? decimal(60 + luck * 700, 2) : null,
    AssociationFeeFrequency: association ? 'Monthly' : null,
    AssociationName: association ? 'Maple & Oak HOA' : null,
    TaxAnnualAmount: decimal(value * 0.0115, 2),
    TaxAssessedValue: Math.round(value * 0.85),
    TaxYear: 2025,
  };
}
