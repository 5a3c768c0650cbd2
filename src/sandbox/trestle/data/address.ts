import { toDecimal, type SandboxRecord } from '../record.ts';
import type { Random } from '../random.ts';
import type { Town } from './towns.ts';
import { directions, schools, streets, suffixes } from './words.ts';

/** Makes the location of a listing: address, geography and schools. */
export function makeAddress(source: Random, town: Town, attached: boolean): SandboxRecord {
  const number = String(source.int(1, 19_999));
  const direction = source.chance(0.25) ? source.pick(directions) : null;
  const street = source.pick(streets);
  const suffix = source.pick(suffixes);
  const unit = attached ? `${source.int(1, 40)}${source.pick(['', 'A', 'B', 'C'])}` : null;
  const zip = source.pick(town.zips);
  const area = source.pick(town.areas);
  const line = [number, direction, street, suffix, unit && `#${unit}`].filter(Boolean).join(' ');
  return {
    UnparsedAddress: `${line}, ${town.city}, ${town.state} ${zip}`,
    StreetNumber: number,
    StreetDirPrefix: direction,
    StreetName: street,
    StreetSuffix: suffix,
    StreetDirSuffix: source.chance(0.03) ? source.pick(directions) : null,
    UnitNumber: unit,
    City: town.city,
    StateOrProvince: town.state,
    PostalCode: zip,
    CountyOrParish: town.county,
    Country: 'US',
    SubdivisionName: source.chance(0.7) ? area : null,
    MLSAreaMajor: `${source.int(100, 899)} - ${area}`,
    MLSAreaMinor: source.chance(0.2) ? `${area} North` : null,
    Latitude: toDecimal(town.latitude + (source.next() - 0.5) / 8, 6),
    Longitude: toDecimal(town.longitude + (source.next() - 0.5) / 8, 6),
    Directions: source.chance(0.4) ? `From ${source.pick(streets)}, turn left on ${street}.` : null,
    CrossStreet: source.chance(0.4) ? `${source.pick(streets)} ${source.pick(suffixes)}` : null,
    DirectionFaces: source.chance(0.2) ? source.pick(['North', 'South', 'East', 'West']) : null,
    ElementarySchool: source.chance(0.6) ? source.pick(schools) : null,
    MiddleOrJuniorSchool: source.chance(0.5) ? source.pick(schools) : null,
    HighSchool: source.chance(0.6) ? source.pick(schools) : null,
    HighSchoolDistrict: `${town.city} Unified`,
  };
}
