export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const ISO_INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?([Zz]|[+-]\d{2}:?\d{2})$/;

/**
 * Parses an ISO 8601 instant with an offset (`Z`, `-00:00`, `+05:30`) to milliseconds since the epoch, truncated (not
 * rounded) to the millisecond. Undefined if there is no offset, no such day, or the year is outside 1000–9999.
 */
export function parseInstant(text: string): number | undefined {
  const match = ISO_INSTANT.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone = 'Z'] = match;
  if (!isCalendarDay(Number(year), Number(month), Number(day))) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const local = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.padEnd(3, '0').slice(0, 3)),
  );
  const offset = parseOffsetMinutes(zone);
  if (offset === undefined) return undefined;
  const instant = local - offset * MINUTE_MS;
  return instant >= MIN_INSTANT_MS && instant <= MAX_INSTANT_MS ? instant : undefined;
}

/** The range of MySQL's DATETIME. */
const MIN_INSTANT_MS = Date.UTC(1000, 0, 1);
const MAX_INSTANT_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Whether the day exists, in the years that MySQL's DATE holds. */
export function isCalendarDay(year: number, month: number, day: number): boolean {
  if (year < 1000 || month < 1 || month > 12 || day < 1) return false;
  if (day <= 28) return true;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

const UTC_INSTANT = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}(?:Z|[+-]00:00)$/;

/** Converts an ISO 8601 instant with an offset to DATETIME(3) text; undefined if it is invalid: see `parseInstant`. */
export function instantToSql(text: string): string | undefined {
  // Trestle sends nearly all of them like this: the digits can be copied.
  if (UTC_INSTANT.test(text)) {
    const isReal = isCalendarDay(
      Number(text.slice(0, 4)),
      Number(text.slice(5, 7)),
      Number(text.slice(8, 10)),
    );
    return isReal ? `${text.slice(0, 10)} ${text.slice(11, 23)}` : undefined;
  }
  const instant = parseInstant(text);
  return instant === undefined ? undefined : toSqlDateTime(instant);
}

/** `YYYY-MM-DD hh:mm:ss.mmm` UTC, the text of a DATETIME(3). */
export function toSqlDateTime(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}

/** The last instant of a DATETIME(3), in the format of `toSqlDateTime`. */
export const MAX_SQL_DATETIME = toSqlDateTime(MAX_INSTANT_MS);

/**
 * Returns a DATETIME(3) in the format of `toSqlDateTime`: mysql2 omits `.000` in results of prepared statements. A column
 * that was altered to DATETIME(6) has three more digits, which are 0.
 */
export function normalizeSqlDateTime(text: string): string {
  return text.length === 19 ? `${text}.000` : text.slice(0, 23);
}

/** The inverse of `toSqlDateTime`, with or without milliseconds. */
export function fromSqlDateTime(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}

function parseOffsetMinutes(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 18 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
