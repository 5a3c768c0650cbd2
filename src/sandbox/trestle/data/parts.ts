import { DAY, day, HOUR, instantOf, stamp, stampAt } from '../instant.ts';
import { type Random, random } from '../random.ts';
import { decimal, type Rec, textIn } from '../record.ts';
import { choices } from './enums.ts';

/** Hours behind UTC in summer, by state; the others are in the east. */
const BEHIND: Readonly<Record<string, number>> = {
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

/** What tells a listing's parts from one another, and whose they are. */
function belongsTo(listing: Rec): Rec {
  return { ListingKey: textIn(listing, 'ListingKey'), ListingId: textIn(listing, 'ListingId') };
}

/** Never after the listing's own change, and the same whatever happens to the listing. */
function moved(source: Random, listing: Rec): Rec {
  const entered = instantOf(textIn(listing, 'OriginalEntryTimestamp')) ?? 0;
  return { ModificationTimestamp: stamp(entered + source.int(0, DAY)) };
}

function own(seed: number, what: string, listing: Rec): Random {
  return random(seed, what, textIn(listing, 'ListingKey'));
}

/** Open houses of some active listings: within the next two weeks from `now`, and a few that are over. */
export function openHousesOf(seed: number, listing: Rec, now: number): Rec[] {
  const source = own(seed, 'open house', listing);
  if (textIn(listing, 'StandardStatus') !== 'Active' || !source.chance(0.3)) return [];
  const behind = BEHIND[textIn(listing, 'StateOrProvince')] ?? 4;
  return Array.from({ length: source.int(1, 2) }, (_, index) => {
    const isOver = source.chance(0.15);
    const today = Math.floor(now / DAY) * DAY;
    const date = today + (isOver ? -source.int(2, 9) : source.int(2, 14)) * DAY;
    const start = date + (source.int(10, 15) + behind) * HOUR;
    const key = `${textIn(listing, 'ListingKey')}0${index + 1}`;
    return {
      OpenHouseKey: key,
      OpenHouseKeyNumeric: Number(key),
      ...belongsTo(listing),
      ListingKeyNumeric: Number(listing['ListingKey']),
      OpenHouseId: `OH${key}`,
      OpenHouseDate: day(date),
      OpenHouseStartTime: stampAt(start, behind),
      OpenHouseEndTime: stampAt(start + source.int(1, 4) * HOUR, behind),
      OpenHouseStatus: isOver ? 'Ended' : source.chance(0.05) ? 'Canceled' : 'Active',
      OpenHouseType: source.chance(0.8) ? 'Public' : source.pick(choices.OpenHouseType),
      AppointmentRequiredYN: source.chance(0.1),
      OpenHouseRemarks: source.chance(0.5) ? 'Park on the street; café next door ☕.' : null,
      Refreshments: source.chance(0.2) ? 'Lemonade & cookies' : null,
      ShowingAgentKey: listing['ListAgentKey'] ?? null,
      ShowingAgentMlsID: listing['ListAgentMlsId'] ?? null,
      ...moved(source, listing),
    };
  });
}

/** Rooms of some houses. */
export function roomsOf(seed: number, listing: Rec): Rec[] {
  const source = own(seed, 'rooms', listing);
  if (textIn(listing, 'PropertyType') === 'Land' || !source.chance(0.4)) return [];
  return source.some(choices.RoomType, 6).map((type, index) => {
    const key = `${textIn(listing, 'ListingKey')}1${index + 1}`;
    const [long, wide] = [source.int(8, 30), source.int(8, 24)];
    return {
      RoomKey: key,
      RoomKeyNumeric: Number(key),
      ...belongsTo(listing),
      RoomType: type,
      RoomLevel: source.pick(choices.RoomLevel),
      RoomArea: decimal(long * wide, 2),
      RoomAreaUnits: 'SquareFeet',
      RoomLength: decimal(long, 2),
      RoomWidth: decimal(wide, 2),
      RoomLengthWidthUnits: 'Feet',
      RoomDimensions: `${long}x${wide}`,
      RoomDescription: source.chance(0.2) ? 'Bay window, “north light”' : null,
      RoomFeatures: source.chance(0.4)
        ? source.some(['CeilingFans', 'Skylights', 'WalkInClosets'], 3).join(',')
        : null,
      X_RoomFlooring: source.chance(0.5) ? 'Oak' : null,
      ...moved(source, listing),
    };
  });
}

/** Kinds of units of some buildings. */
export function unitTypesOf(seed: number, listing: Rec): Rec[] {
  const source = own(seed, 'unit types', listing);
  if (textIn(listing, 'PropertySubType') !== 'Condominium' || !source.chance(0.3)) return [];
  return source.some(choices.UnitTypeType, 3).map((type, index) => ({
    UnitTypeKey: `${textIn(listing, 'ListingKey')}2${index + 1}`,
    ...belongsTo(listing),
    UnitTypeType: type,
    UnitTypeBedsTotal: source.int(0, 4),
    UnitTypeBathsTotal: source.int(1, 3),
    UnitTypeUnitsTotal: source.int(1, 40),
    UnitTypeActualRent: decimal(source.int(900, 5200), 2),
    UnitTypeGarageAttachedYN: source.chance(0.3),
    UnitTypeDescription: source.chance(0.3) ? 'Corner units' : null,
    ...moved(source, listing),
  }));
}

/** What the MLS has of its own to say of most listings: one record, or none. Some of it goes with the price. */
export function customOf(seed: number, listing: Rec): Rec[] {
  const source = own(seed, 'custom', listing);
  if (!source.chance(0.85)) return [];
  const price = Number(listing['ListPrice'] ?? 0);
  return [
    {
      ...belongsTo(listing),
      X_PriceBand: `from ${Math.floor(price / 10_000) * 10}k`,
      X_ShowingNotes: source.chance(0.5) ? 'Ring twice; mind the cat 🐈' : null,
      X_SolarOwnership: source.chance(0.2) ? source.pick(['Leased', 'Owned']) : null,
      X_FloodPanel: source.chance(0.3) ? `0602${source.int(100, 999)}J` : '',
      X_WaterfrontFeet: source.chance(0.1) ? decimal(source.int(20, 200), 2) : null,
      X_HasAduYN: source.chance(0.1),
    },
  ];
}
