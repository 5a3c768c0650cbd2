import { isCalendarDay, MINUTE_MS, parseInstant } from '../../../lib/time.ts';

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

/** Minutes east of UTC, of the names that RFC 822 has and of others that mean one zone. */
const ZONES: Readonly<Record<string, number>> = {
  Z: 0,
  UT: 0,
  UTC: 0,
  GMT: 0,
  WET: 0,
  CET: 60,
  CEST: 120,
  EET: 120,
  EEST: 180,
  MSK: 180,
  JST: 540,
  AEST: 600,
  AEDT: 660,
  HST: -600,
  AKST: -540,
  AKDT: -480,
  PST: -480,
  PDT: -420,
  MST: -420,
  MDT: -360,
  CST: -360,
  CDT: -300,
  EST: -300,
  EDT: -240,
};

/** No place on earth is farther from UTC: such a zone is a mistake. */
const MAX_ZONE_MINUTES = 14 * 60;

const RFC_822 =
  /^(?:[a-z]{3,9}\.?,?\s+)?(\d{1,2})[\s-]+([a-z]{3,9})\.?[\s-]+(\d{4}|\d{2})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*([a-z]{1,5}|[+-]\d{1,2}:?\d{2})?(?:\s*\(.*\))?$/i;
const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T\s]+(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * Reads a date of a feed: RFC 822 or ISO 8601, without a zone as UTC. `Date.parse` would take the zone of this machine.
 * @returns ISO 8601 in UTC; undefined if it is in another form, such as `05.10.2026`, or there is no such day.
 */
export function parseFeedDate(text: string): string | undefined {
  const trimmed = text.trim();
  const parts = partsOfRfc822(trimmed) ?? partsOfIso(trimmed);
  if (parts === undefined) return undefined;
  const { year, month, day, hour, minute, second, fraction, zone } = parts;
  if (!isCalendarDay(year, month, day)) return undefined;
  const digits = [month, day, hour, minute, second].map((part) => String(part).padStart(2, '0'));
  const [mm, dd, hh, mi, ss] = digits;
  const local = parseInstant(`${String(year).padStart(4, '0')}-${mm}-${dd}T${hh}:${mi}:${ss}.${fraction}Z`);
  if (local === undefined) return undefined;
  const offset = Math.abs(zone) > MAX_ZONE_MINUTES ? 0 : zone;
  return new Date(local - offset * MINUTE_MS).toISOString();
}

type DateParts = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly fraction: string;
  /** Minutes east of UTC. */
  readonly zone: number;
};

function partsOfRfc822(text: string): DateParts | undefined {
  const match = RFC_822.exec(text);
  if (match === null) return undefined;
  const [, day, name = '', years = '', hour = '0', minute = '0', second = '0', zone = 'Z'] = match;
  const month = findMonth(name.toLowerCase());
  const offset = readZone(zone);
  if (month === undefined || offset === undefined) return undefined;
  return {
    year: readYear(years),
    month,
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: readSecond(second),
    fraction: '0',
    zone: offset,
  };
}

function partsOfIso(text: string): DateParts | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] = match;
  const offset = readZone(zone);
  if (offset === undefined) return undefined;
  return {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: readSecond(second),
    fraction,
    zone: offset,
  };
}

/** `Sept` and other shortened names too. */
function findMonth(name: string): number | undefined {
  const index = MONTHS.findIndex((month) => month.startsWith(name));
  return index === -1 ? undefined : index + 1;
}

/** Years of two digits: RFC 2822, 4.3. */
function readYear(digits: string): number {
  const year = Number(digits);
  if (digits.length > 2) return year;
  return year + (year < 50 ? 2000 : 1900);
}

/** A leap second counts as the second before it. */
function readSecond(digits: string): number {
  return Math.min(Number(digits), Number(digits) === 60 ? 59 : 99);
}

function readZone(zone: string): number | undefined {
  const named = ZONES[zone.toUpperCase()];
  if (named !== undefined) return named;
  const match = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(zone);
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? '0');
  return match[1] === '-' ? -minutes : minutes;
}
