export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const ISO = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?([Zz]|[+-]\d{2}:?\d{2})$/;

/**
 * Milliseconds since the epoch of an ISO 8601 instant with its offset (`Z`, `-00:00`, `+05:30`), cut (not rounded)
 * to the millisecond. Undefined where the text is no instant: no offset, no such day, year outside 1000–9999.
 */
export function parseInstant(text: string): number | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone = 'Z'] = match;
  if (!isDay(Number(year), Number(month), Number(day))) return undefined;
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
  const offset = offsetMinutes(zone);
  if (offset === undefined) return undefined;
  const instant = local - offset * 60_000;
  return instant >= FIRST && instant <= LAST ? instant : undefined;
}

/** The range of MySQL's DATETIME. */
const FIRST = Date.UTC(1000, 0, 1);
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Whether the calendar has this day, in the years that MySQL's DATE holds. */
export function isDay(year: number, month: number, day: number): boolean {
  if (year < 1000 || month < 1 || month > 12 || day < 1) return false;
  if (day <= 28) return true;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

const UTC = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}(?:Z|[+-]00:00)$/;

/** What a DATETIME(3) takes of an ISO 8601 instant with its offset; undefined where the text is none: see `parseInstant`. */
export function instantToSql(text: string): string | undefined {
  // As Trestle sends nearly all of them: nothing has to be calculated.
  if (UTC.test(text)) {
    const isReal = isDay(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10)));
    return isReal ? `${text.slice(0, 10)} ${text.slice(11, 23)}` : undefined;
  }
  const instant = parseInstant(text);
  return instant === undefined ? undefined : toSqlDateTime(instant);
}

/** `YYYY-MM-DD hh:mm:ss.mmm`, UTC: what a DATETIME(3) takes and gives. */
export function toSqlDateTime(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}

/** The last instant that a DATETIME(3) holds, as `toSqlDateTime` writes it. */
export const LAST_INSTANT = toSqlDateTime(LAST);

/**
 * A DATETIME(3) as `toSqlDateTime` writes it: mysql2 leaves `.000` away in what prepared statements return. A column that
 * was altered to DATETIME(6) has three more digits, which are 0.
 */
export function fullSqlDateTime(text: string): string {
  return text.length === 19 ? `${text}.000` : text.slice(0, 23);
}

/** The inverse of `toSqlDateTime`, with or without milliseconds. */
export function fromSqlDateTime(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 18 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
