import { createRequire } from 'node:module';
import type * as luxon from 'luxon';
import { instantToSql, toSqlDateTime } from '../../../lib/time.ts';
import { UNIX, UNIX_MS } from './date-format.ts';

const require = createRequire(import.meta.url);

/** Converts a date to `YYYY-MM-DD hh:mm:ss.mmm` UTC; undefined if it is not a date of the calendar in the years 1000–9999. */
export type DateParser = (text: string) => string | undefined;

const ISO = /^(\d{4}-\d\d-\d\d)(?:[Tt ]([\d:.,]+)?\s?([Zz]|[+-]\d\d(?::?\d\d)?)?)?$/;

/** `Mon, 05 Oct 2026 12:00:00 EST`: RFC 822 and 2822. Luxon takes years of two digits too. */
const RFC = /^(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{2,4}\s/;

/**
 * Creates the function that reads dates of one format. The host's time zone and language have no effect on it.
 * @param format as Luxon writes it, `unix`, `unix_ms`, or undefined: ISO 8601 or RFC 822.
 * @param zone of dates that have neither a zone nor an offset.
 */
export function createDateParser(format: string | undefined, zone: string): DateParser {
  if (format === UNIX) return (text) => parseUnix(text, 1000);
  if (format === UNIX_MS) return (text) => parseUnix(text, 1);
  if (format !== undefined) return withCache(createFormatParser(format, zone));
  return (text) => parseStandard(text, zone);
}

/** Dates repeat, and Luxon needs 20 µs for one in a time zone. */
const MAX_CACHED = 20_000;

function withCache(parse: DateParser): DateParser {
  const cache = new Map<string, string | undefined>();
  return (text) => {
    const known = cache.get(text);
    if (known !== undefined || cache.has(text)) return known;
    const parsed = parse(text);
    if (cache.size === MAX_CACHED) cache.clear();
    cache.set(text, parsed);
    return parsed;
  };
}

function createFormatParser(format: string, zone: string): DateParser {
  let parser: luxon.TokenParser | undefined;
  const options = { zone, locale: 'en-US' };
  return (text) => {
    const { DateTime } = loadLuxon();
    parser ??= DateTime.buildFormatParser(format, options);
    return toSql(DateTime.fromFormatParser(text, parser, options));
  };
}

function parseStandard(text: string, zone: string): string | undefined {
  const match = ISO.exec(text);
  if (match === null) {
    if (!RFC.test(text)) return undefined;
    return toSql(loadLuxon().DateTime.fromRFC2822(text, { zone }));
  }
  const [, day = '', time, offset] = match;
  if (offset === undefined && zone === 'UTC' && time === undefined)
    return instantToSql(`${day}T00:00:00.000Z`);
  const iso = `${day}${time === undefined ? '' : `T${time.replace(',', '.')}`}${offset ?? ''}`;
  const exact = instantToSql(offset === undefined && zone === 'UTC' ? `${iso}Z` : iso);
  return exact ?? toSql(loadLuxon().DateTime.fromISO(iso, { zone }));
}

function parseUnix(text: string, unit: number): string | undefined {
  const match = /^(-?\d{1,14})(?:\.(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  const part = unit === 1 ? 0 : Number(fraction.padEnd(3, '0').slice(0, 3));
  return isInRange(Number(whole) * unit + (whole.startsWith('-') ? -part : part));
}

/** The parts of Luxon that we use: one package with its own data of time zones from Intl. */
function loadLuxon(): typeof luxon {
  return require('luxon') as typeof luxon;
}

function toSql(date: luxon.DateTime): string | undefined {
  return date.isValid ? isInRange(date.toMillis()) : undefined;
}

const [MIN_MS, MAX_MS] = [Date.UTC(1000, 0, 1), Date.UTC(9999, 11, 31, 23, 59, 59, 999)];

function isInRange(ms: number): string | undefined {
  return ms >= MIN_MS && ms <= MAX_MS ? toSqlDateTime(ms) : undefined;
}
