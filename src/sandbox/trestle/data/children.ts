import { DAY_MS, HOUR_MS } from '../../../lib/time.ts';
import { formatDay, parsePreciseInstant, stamp, stampAt } from '../instant.ts';
import { type Random, createRandom } from '../random.ts';
import { toDecimal, type SandboxRecord, readText } from '../record.ts';
import { choices } from './enums.ts';

/** Hours behind UTC in summer, by state; all other states use Eastern time. */
const HOURS_BEHIND_UTC: Readonly<Record<string, number>> = {
  CA: 7,
  OR: 7,
  ID: 6,
  NM: 6,
  CO: 6,
  TX: 5,
  NE: 5,
  MN: 5,
  IL: 5,
  TN: 5,
};

/** The fields that identify a child's listing. */
function listingFieldsOf(listing: SandboxRecord): SandboxRecord {
  return { ListingKey: readText(listing, 'ListingKey'), ListingId: readText(listing, 'ListingId') };
}

/** A timestamp not after the listing's own change; it does not change with the listing. */
function makeTimestamp(source: Random, listing: SandboxRecord): SandboxRecord {
  const entered = parsePreciseInstant(readText(listing, 'OriginalEntryTimestamp')) ?? 0;
  return { ModificationTimestamp: stamp(entered + source.int(0, DAY_MS)) };
}

function createListingRandom(seed: number, what: string, listing: SandboxRecord): Random {
  return createRandom(seed, what, readText(listing, 'ListingKey'));
}

/** Makes open houses for some active listings: within two weeks from `now`, and a few in the past. */
export function makeOpenHouses(seed: number, listing: SandboxRecord, now: number): SandboxRecord[] {
  const source = createListingRandom(seed, 'open house', listing);
  if (readText(listing, 'StandardStatus') !== 'Active' || !source.chance(0.3)) return [];
  const behind = HOURS_BEHIND_UTC[readText(listing, 'StateOrProvince')] ?? 4;
  return Array.from({ length: source.int(1, 2) }, (_, index) => {
    const isOver = source.chance(0.15);
    const today = Math.floor(now / DAY_MS) * DAY_MS;
    const date = today + (isOver ? -source.int(2, 9) : source.int(2, 14)) * DAY_MS;
    const start = date + (source.int(10, 15) + behind) * HOUR_MS;
    const key = `${readText(listing, 'ListingKey')}0${index + 1}`;
    return {
      OpenHouseKey: key,
      OpenHouseKeyNumeric: Number(key),
      ...listingFieldsOf(listing),
      ListingKeyNumeric: Number(listing['ListingKey']),
      OpenHouseId: `OH${key}`,
      OpenHouseDate: formatDay(date),
      OpenHouseStartTime: stampAt(start, behind),
      OpenHouseEndTime: stampAt(start + source.int(1, 4) * HOUR_MS, behind),
      OpenHouseStatus: isOver ? 'Ended' : source.chance(0.05) ? 'Canceled' : 'Active',
      OpenHouseType: source.chance(0.8) ? 'Public' : source.pick(choices.OpenHouseType),
      AppointmentRequiredYN: source.chance(0.1),
      OpenHouseRemarks: source.chance(0.5) ? 'Park on the street; café next door ☕.' : null,
      Refreshments: source.chance(0.2) ? 'Lemonade & cookies' : null,
      ShowingAgentKey: listing['ListAgentKey'] ?? null,
      ShowingAgentMlsID: listing['ListAgentMlsId'] ?? null,
      ...makeTimestamp(source, listing),
    };
  });
}

/** Makes rooms for some houses. */
export function makeRooms(seed: number, listing: SandboxRecord): SandboxRecord[] {
  const source = createListingRandom(seed, 'rooms', listing);
  if (readText(listing, 'PropertyType') === 'Land' || !source.chance(0.4)) return [];
  return source.pickSome(choices.RoomType, 6).map((type, index) => {
    const key = `${readText(listing, 'ListingKey')}1${index + 1}`;
    const [long, wide] = [source.int(8, 30), source.int(8, 24)];
    return {
      RoomKey: key,
      RoomKeyNumeric: Number(key),
      ...listingFieldsOf(listing),
      RoomType: type,
      RoomLevel: source.pick(choices.RoomLevel),
      RoomArea: toDecimal(long * wide, 2),
      RoomAreaUnits: 'SquareFeet',
      RoomLength: toDecimal(long, 2),
      RoomWidth: toDecimal(wide, 2),
      RoomLengthWidthUnits: 'Feet',
      RoomDimensions: `${long}x${wide}`,
      RoomDescription: source.chance(0.2) ? 'Bay window, “north light”' : null,
      RoomFeatures: source.chance(0.4)
        ? source.pickSome(['CeilingFans', 'Skylights', 'WalkInClosets'], 3).join(',')
        : null,
      X_RoomFlooring: source.chance(0.5) ? 'Oak' : null,
      ...makeTimestamp(source, listing),
    };
  });
}

/** Makes unit types for some buildings. */
export function makeUnitTypes(seed: number, listing: SandboxRecord): SandboxRecord[] {
  const source = createListingRandom(seed, 'unit types', listing);
  if (readText(listing, 'PropertySubType') !== 'Condominium' || !source.chance(0.3)) return [];
  return source.pickSome(choices.UnitTypeType, 3).map((type, index) => ({
    UnitTypeKey: `${readText(listing, 'ListingKey')}2${index + 1}`,
    ...listingFieldsOf(listing),
    UnitTypeType: type,
    UnitTypeBedsTotal: source.int(0, 4),
    UnitTypeBathsTotal: source.int(1, 3),
    UnitTypeUnitsTotal: source.int(1, 40),
    UnitTypeActualRent: toDecimal(source.int(900, 5200), 2),
    UnitTypeGarageAttachedYN: source.chance(0.3),
    UnitTypeDescription: source.chance(0.3) ? 'Corner units' : null,
    ...makeTimestamp(source, listing),
  }));
}

/** Makes the MLS's own fields for most listings, as one record or none. Some of them depend on the price. */
export function makeCustomRecords(seed: number, listing: SandboxRecord): SandboxRecord[] {
  const source = createListingRandom(seed, 'custom', listing);
  if (!source.chance(0.85)) return [];
  const price = Number(listing['ListPrice'] ?? 0);
  return [
    {
      ...listingFieldsOf(listing),
      X_PriceBand: `from ${Math.floor(price / 10_000) * 10}k`,
      X_ShowingNotes: source.chance(0.5) ? 'Ring twice; mind the cat 🐈' : null,
      X_SolarOwnership: source.chance(0.2) ? source.pick(['Leased', 'Owned']) : null,
      X_FloodPanel: source.chance(0.3) ? `0602${source.int(100, 999)}J` : '',
      X_WaterfrontFeet: source.chance(0.1) ? toDecimal(source.int(20, 200), 2) : null,
      X_HasAduYN: source.chance(0.1),
    },
  ];
}
