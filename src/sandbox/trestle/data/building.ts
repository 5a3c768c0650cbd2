import type { Random } from '../random.ts';
import { toDecimal, type SandboxRecord } from '../record.ts';
import { features } from './words.ts';

const SQUARE_FEET_PER_ACRE = 43_560;

/** Makes rooms, areas, lot, parking and equipment. Without the fields of a house if it is `land`. */
export function makeBuilding(
  source: Random,
  shape: { land: boolean; attached: boolean; area: number },
): SandboxRecord {
  const { land, attached, area } = shape;
  const lot = attached ? source.int(800, 3000) : source.int(3500, land ? 400_000 : 30_000);
  return {
    ...(land ? {} : makeHouse(source, area)),
    ...makeEnums(source, land),
    LotSizeAcres: toDecimal(lot / SQUARE_FEET_PER_ACRE, 4),
    LotSizeArea: toDecimal(lot, 4),
    LotSizeUnits: 'SquareFeet',
    LotSizeSquareFeet: toDecimal(lot, 2),
    LotSizeDimensions: source.chance(0.4) ? `${source.int(40, 120)}x${source.int(80, 200)}` : null,
    NewConstructionYN: source.chance(0.05),
    WaterfrontYN: source.chance(0.04),
    ViewYN: source.chance(0.3),
    SeniorCommunityYN: source.chance(0.04),
    Zoning: source.pick(['R-1', 'R-2', 'RM-15', 'A-1', 'PUD']),
  };
}

function makeHouse(source: Random, area: number): SandboxRecord {
  const bedrooms = Math.max(1, Math.min(8, Math.round(area / 650) + source.int(-1, 1)));
  const full = Math.max(1, Math.round(bedrooms * 0.6));
  const half = source.int(0, 1);
  const stories = area > 1800 ? source.int(1, 3) : 1;
  const spaces = source.int(0, 3);
  const fireplaces = source.int(0, 2);
  return {
    YearBuilt: source.int(1895, 2025),
    LivingArea: toDecimal(area, 2),
    LivingAreaUnits: 'SquareFeet',
    BuildingAreaTotal: toDecimal(area * 1.1, 2),
    AboveGradeFinishedArea: source.chance(0.6) ? toDecimal(area * 0.9, 2) : null,
    Stories: stories,
    Levels: ['One', 'Two', 'ThreeOrMore'][stories - 1]!,
    NumberOfUnitsTotal: 1,
    BedroomsTotal: bedrooms,
    BathroomsTotalInteger: full + half,
    BathroomsFull: full,
    BathroomsHalf: half,
    BathroomsThreeQuarter: 0,
    RoomsTotal: bedrooms + source.int(3, 6),
    FireplacesTotal: fireplaces,
    FireplaceYN: fireplaces > 0,
    PoolPrivateYN: source.chance(0.15),
    SpaYN: source.chance(0.1),
    GarageYN: spaces > 0,
    AttachedGarageYN: spaces > 0 && source.chance(0.7),
    GarageSpaces: toDecimal(spaces, 2),
    ParkingTotal: toDecimal(spaces + source.int(0, 2), 2),
    CarportYN: source.chance(0.05),
  };
}

const LAND_FIELDS = new Set([
  'CommunityFeatures',
  'LotFeatures',
  'RoadSurfaceType',
  'Utilities',
  'View',
  'WaterSource',
]);

function makeEnums(source: Random, land: boolean): SandboxRecord {
  const chosen: Record<string, string | null> = {};
  for (const [name, values] of Object.entries(features))
    chosen[name] =
      (!land || LAND_FIELDS.has(name)) && source.chance(0.7) ? source.pickSome(values, 4).join(',') : null;
  return chosen;
}
