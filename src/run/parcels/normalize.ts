import type { ParcelNumberFormat } from '../../sources/release.ts';

/** Numbers that stand for none, after normalisation. */
const STAND_INS = new Set(['NA', 'NONE', 'TBD', 'UNKNOWN', 'SEEREMARKS', 'MULTIPLE', 'METESANDBOUNDS']);

/**
 * Finds the account numbers in the text of a listing's parcel number. Several numbers in one field are separated by a comma,
 * semicolon, ampersand or slash.
 */
export function normalizeParcelNumbers(format: ParcelNumberFormat, text: string | null): string[] {
  const parts = (text ?? '').split(/[,;&/]/);
  return [...new Set(parts.flatMap((part) => normalizeParcelNumber(format, part) ?? []))];
}

function normalizeParcelNumber(
  { keep, padTo, minLength }: ParcelNumberFormat,
  text: string,
): string | undefined {
  const trimmed = text.trim();
  const compact = trimmed.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
  if (STAND_INS.has(compact) || /^(.)\1*$/.test(compact) || !/\d/.test(compact)) return undefined;
  const number = keep === 'alphanumeric' ? compact : trimmed;
  if (number.length < minLength || (padTo > 0 && number.length > padTo)) return undefined;
  return number.padStart(padTo, '0');
}

/** An address in parts that can be compared. Empty if the listing or the account has none. */
export type AddressParts = {
  readonly number: string;
  readonly street: string;
  readonly unit: string;
  readonly zip: string;
};

/** Words at the end of a street's name that one side has apart and the other has not (USPS Publication 28, C1). */
const SUFFIXES = new Set(
  (
    'ALY ALLEY AVE AVENUE AV BLVD BOULEVARD BND BEND CIR CIRCLE CT COURT CV COVE CRK CREEK DR DRIVE EST ESTATES EXPY FWY FREEWAY ' +
    'GLN GLEN GRV GROVE HL HILL HLS HILLS HOLW HTS HWY HIGHWAY LN LANE LNDG LOOP MDW MDWS PARK PASS PATH PKWY PARKWAY PL PLACE ' +
    'PLZ PLAZA PT POINT RD ROAD RDG RIDGE ROW RUN SQ SQUARE ST STREET TER TERRACE TRCE TRACE TRL TRAIL VIEW VW WALK WAY XING'
  ).split(' '),
);

const DIRECTIONS: Readonly<Record<string, string>> = {
  NORTH: 'N',
  SOUTH: 'S',
  EAST: 'E',
  WEST: 'W',
  NORTHEAST: 'NE',
  NORTHWEST: 'NW',
  SOUTHEAST: 'SE',
  SOUTHWEST: 'SW',
};

const SHORT_DIRECTIONS = new Set(Object.values(DIRECTIONS));

export function normalizeAddress(address: {
  readonly number: string | null;
  readonly street: string | null;
  readonly unit: string | null;
  readonly zip: string | null;
}): AddressParts {
  const number = (address.number ?? '').trim().replace(/^0+/, '').toUpperCase();
  return {
    number,
    street: normalizeStreet(address.street ?? ''),
    unit: normalizeUnit(address.unit ?? ''),
    zip: (address.zip ?? '').trim().slice(0, 5),
  };
}

/** `Crenshaw Rd`, `CRENSHAW` and `N. Crenshaw Road` become `CRENSHAW`: the side that has no suffix decides. */
export function normalizeStreet(text: string): string {
  const words = text
    .toUpperCase()
    .replaceAll(/[^A-Z0-9 ]/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => DIRECTIONS[word] ?? word);
  while (words.length > 1 && (SUFFIXES.has(words.at(-1)!) || SHORT_DIRECTIONS.has(words.at(-1)!)))
    words.pop();
  while (words.length > 1 && SHORT_DIRECTIONS.has(words[0]!)) words.shift();
  return words.join(' ');
}

/** `Apt 4-B`, `#4B` and `4b` become `4B`. */
function normalizeUnit(text: string): string {
  const compact = text
    .toUpperCase()
    .replace(/^\s*(?:APT|APARTMENT|UNIT|STE|SUITE|NO|#)\b\.?/, '')
    .replaceAll(/[^A-Z0-9]/g, '');
  return compact === 'NONE' || compact === 'NA' ? '' : compact;
}
