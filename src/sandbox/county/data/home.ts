import { HOME_LOTS, type Place, accountNumber } from './account-number.ts';
import { createDraw } from './draw.ts';

export type HomeKind = 'house' | 'condo' | 'land' | 'commercial' | 'exempt';

/** A parcel with its address and building, the same in every year and release. */
export type Home = Place & {
  readonly account: string;
  readonly kind: HomeKind;
  readonly streetNumber: string;
  /** Without its suffix. */
  readonly street: string;
  /** `Street`, as listings spell it. */
  readonly suffix: string;
  /** `ST`, as the district abbreviates it. */
  readonly shortSuffix: string;
  readonly unit: string | undefined;
  readonly city: string;
  readonly zip: string;
  readonly neighborhood: number;
  readonly subdivision: string;
  readonly yearBuilt: number;
  readonly livingArea: number;
  readonly beds: number;
  readonly fullBaths: number;
  readonly halfBaths: number;
  readonly stories: number;
  readonly hasPool: boolean;
  readonly lotSquareFeet: number;
};

const CITIES = [
  { city: 'Houston', zips: ['77008', '77018', '77055', '77092'] },
  { city: 'Houston', zips: ['77004', '77019', '77096'] },
  { city: 'Katy', zips: ['77449', '77450'] },
  { city: 'Pasadena', zips: ['77502', '77504'] },
];
const STREETS = [
  'CRENSHAW',
  'OAK FOREST',
  'DEL NORTE',
  'W 34TH',
  'MEMORIAL',
  'GARDEN OAKS',
  'LAUREL',
  'BUFFALO',
  'PECAN',
  'SAN JACINTO',
  'WESTHEIMER',
  'BAYOU BEND',
];
const SUFFIXES = [
  ['Road', 'RD'],
  ['Street', 'ST'],
  ['Drive', 'DR'],
  ['Lane', 'LN'],
  ['Court', 'CT'],
  ['Avenue', 'AVE'],
] as const;
const SUBDIVISIONS = ['OAK FOREST', 'BAYOU OAKS', 'CANDLELIGHT', 'TIMBERGROVE', 'LAZYBROOK'];

/** One block in this many is a building of condominiums. */
const CONDO_INTERVAL = 8;

/** What the parcels of a block share. */
export type Block = Pick<
  Home,
  'block' | 'street' | 'suffix' | 'shortSuffix' | 'city' | 'zip' | 'subdivision'
> & {
  readonly seed: number;
  readonly firstNumber: number;
};

/** Makes a block; the same seed makes the same block. */
export function makeBlock(seed: number, block: number): Block {
  const draw = createDraw(seed, 1, block);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)]!;
  const { city, zips } = pick(CITIES);
  const [suffix, shortSuffix] = pick(SUFFIXES);
  return {
    seed,
    block,
    street: pick(STREETS),
    suffix,
    shortSuffix,
    city,
    zip: pick(zips),
    subdivision: `${pick(SUBDIVISIONS)} SEC ${(block % 20) + 1}`,
    firstNumber: (Math.floor(draw() * 150) + 1) * 100,
  };
}

/** Makes the parcel of a lot of a block. */
export function makeHome(of: Block, lot: number): Home {
  const { block } = of;
  const place = { block, lot };
  const draw = createDraw(of.seed, 2, block, lot);
  const int = (from: number, to: number): number => from + Math.floor(draw() * (to - from + 1));
  const kind = kindOf(place, draw());
  const area = 10 * (kind === 'condo' ? int(50, 190) : int(90, 480));
  const livingArea = kind === 'land' ? 0 : area;
  const beds = Math.max(1, Math.min(6, Math.round(area / 650) + int(-1, 1)));
  return {
    block,
    lot,
    account: accountNumber(place),
    kind,
    streetNumber: String(kind === 'condo' ? of.firstNumber : of.firstNumber + lot * 2),
    street: of.street,
    suffix: of.suffix,
    shortSuffix: of.shortSuffix,
    unit: kind === 'condo' ? String(100 + lot) : undefined,
    city: of.city,
    zip: of.zip,
    neighborhood: 7000 + (block % 900),
    subdivision: of.subdivision,
    yearBuilt: kind === 'land' ? 0 : int(1925, 2023),
    livingArea,
    beds,
    fullBaths: Math.max(1, Math.round(beds * 0.6)),
    halfBaths: int(0, 1),
    stories: livingArea > 1800 ? int(1, 2) : 1,
    hasPool: kind === 'house' && draw() < 0.15,
    lotSquareFeet: int(3500, 12_000),
  };
}

function kindOf({ block, lot }: Place, luck: number): HomeKind {
  if (lot > HOME_LOTS && lot <= HOME_LOTS + 4) return luck < 0.6 ? 'commercial' : 'exempt';
  if (block % CONDO_INTERVAL === 5) return 'condo';
  return luck < 0.09 ? 'land' : 'house';
}
