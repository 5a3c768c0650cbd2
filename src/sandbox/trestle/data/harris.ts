import { homePlace } from '../../county/data/account-number.ts';
import { type Home, makeBlock, makeHome } from '../../county/data/home.ts';
import { type Random, createRandom } from '../random.ts';
import type { Town } from './towns.ts';
import { toDecimal, type SandboxRecord } from '../record.ts';

/** One listing in this many is in Harris County, and is an account of the made-up appraisal district. */
const HARRIS_INTERVAL = 5;
const FIRST_HARRIS = 3;

/** The parcel of the listing with this index, if it is in Harris County. */
export function harrisHome(seed: number, index: number): Home | undefined {
  if (index % HARRIS_INTERVAL !== FIRST_HARRIS) return undefined;
  const { block, lot } = homePlace(Math.floor(index / HARRIS_INTERVAL));
  return makeHome(makeBlock(seed, block), lot);
}

/** The town of a parcel. */
export function harrisTown(home: Home): Town {
  return {
    city: home.city,
    state: 'TX',
    county: 'Harris',
    zips: [home.zip],
    latitude: 29.7604,
    longitude: -95.3698,
    dollarsPerSquareFoot: 175,
    areas: [home.subdivision],
  };
}

/** The fields of a listing that come from its parcel. Some differ on purpose, as they do between real sources. */
export function harrisFields(seed: number, index: number, home: Home): SandboxRecord {
  const source = createRandom(seed, 'harris', index);
  return {
    ParcelNumber: formatParcel(source, home.account),
    ...addressFields(source, home),
    ...(home.kind === 'land' ? {} : houseFields(source, home)),
    LotSizeSquareFeet: toDecimal(home.lotSquareFeet, 2),
    LotSizeArea: toDecimal(home.lotSquareFeet, 4),
    LotSizeAcres: toDecimal(home.lotSquareFeet / 43_560, 4),
  };
}

/** The forms of an account number that listings have. */
function formatParcel(source: Random, account: string): string | null {
  const parts = [account.slice(0, 3), account.slice(3, 6), account.slice(6, 9), account.slice(9)];
  const luck = source.next();
  if (luck < 0.4) return account;
  if (luck < 0.7) return parts.join('-');
  if (luck < 0.78) return parts.join(' ');
  if (luck < 0.86) return account.replace(/^0+/, '');
  if (luck < 0.89) return `${account}, ${account.slice(0, 9)}9999`;
  if (luck < 0.92) return `${parts.join('-')} & ${account.slice(0, 9)}9998`;
  if (luck < 0.96) return null;
  return source.pick(['na', '0', 'TBD']);
}

function addressFields(source: Random, home: Home): SandboxRecord {
  const street = home.street.replaceAll(
    /\b([A-Z])([A-Z]+)/g,
    (_, first: string, rest: string) => first + rest.toLowerCase(),
  );
  const line = [home.streetNumber, street, home.suffix, home.unit && `#${home.unit}`]
    .filter(Boolean)
    .join(' ');
  return {
    UnparsedAddress: `${line}, ${home.city}, TX ${home.zip}`,
    StreetNumber: home.kind === 'land' ? null : home.streetNumber,
    StreetDirPrefix: null,
    StreetName: source.chance(0.1) ? `${street} ${home.suffix}` : street,
    StreetSuffix: home.suffix,
    StreetDirSuffix: null,
    UnitNumber: home.unit ?? null,
    PostalCode: source.chance(0.2) ? `${home.zip}-1234` : home.zip,
  };
}

function houseFields(source: Random, home: Home): SandboxRecord {
  const area = source.chance(0.08) ? home.livingArea + 120 : home.livingArea;
  return {
    YearBuilt: source.chance(0.05) ? home.yearBuilt + 1 : home.yearBuilt,
    LivingArea: toDecimal(area, 2),
    BuildingAreaTotal: toDecimal(area * 1.1, 2),
    BedroomsTotal: source.chance(0.05) ? home.beds + 1 : home.beds,
    BathroomsTotalInteger: home.fullBaths + home.halfBaths,
    BathroomsFull: home.fullBaths,
    BathroomsHalf: home.halfBaths,
    Stories: home.stories,
    PoolPrivateYN: home.hasPool,
  };
}
