import { instantToSql, isCalendarDay } from '../lib/time.ts';
import { type FieldType, MAX_KEY_LENGTH } from '../dataset/dataset.ts';
import { type Converted, unusable } from './converted.ts';
import { convertDecimal, convertInteger } from './numbers.ts';

/**
 * One value of the feed as its column takes it: exactly if that is possible. Otherwise a number is rounded to the
 * column's scale, a text is cut at a character boundary, and anything else is NULL; each such case names its rule.
 * Only fractions of a millisecond are dropped without one: DATETIME(3) holds none.
 */
export function convert(type: FieldType, value: unknown): Converted {
  if (value === null || value === undefined) return { value: null };
  switch (type.kind) {
    case 'key':
      return key(value);
    case 'string':
      return limited(value, type.length);
    case 'text':
      return sized(value, 65_535);
    case 'longtext':
      return sized(value, 16_777_215);
    case 'integer':
      return convertInteger(value, 31n);
    case 'bigint':
      return convertInteger(value, 63n);
    case 'decimal':
      return convertDecimal(value, type.precision, type.scale);
    case 'boolean':
      return boolean(value);
    case 'date':
      return date(value);
    case 'timestamp':
      return timestamp(value);
  }
}

/** A key is never cut or repaired: it would name another record. */
function key(value: unknown): Converted {
  const result = limited(value, MAX_KEY_LENGTH);
  if (result.rule !== undefined) return unusable(result.rule);
  return result.value === '' ? unusable('a key must not be empty') : result;
}

function limited(value: unknown, length: number): Converted {
  const result = plain(value);
  if (result.value === null || result.value.length <= length) return result;
  const characters = Array.from(result.value);
  if (characters.length <= length) return result;
  const rule = `has ${characters.length} characters, its column ${length}`;
  return { value: characters.slice(0, length).join(''), rule, action: 'cut' };
}

function sized(value: unknown, bytes: number): Converted {
  const result = plain(value);
  if (result.value === null || result.value.length * 3 <= bytes) return result;
  const text = Buffer.from(result.value);
  if (text.length <= bytes) return result;
  return {
    value: wholeCharacters(text.subarray(0, bytes)),
    rule: `has ${text.length} bytes, its column ${bytes}`,
    action: 'cut',
  };
}

/** Without the last character if its bytes are not all there. */
function wholeCharacters(utf8: Buffer): string {
  const text = utf8.toString();
  return text.endsWith('\uFFFD') && !utf8.subarray(-3).equals(REPLACEMENT) ? text.slice(0, -1) : text;
}

const REPLACEMENT = Buffer.from('\uFFFD');

/** Text as it is; numbers and booleans as JSON writes them; a list of plain values joined by commas, as Trestle does. */
function plain(value: unknown): Converted {
  if (typeof value === 'number' || typeof value === 'boolean') return { value: String(value) };
  if (Array.isArray(value)) return list(value);
  if (typeof value !== 'string') return unusable('is no text');
  if (value.isWellFormed()) return { value };
  return { value: value.toWellFormed(), rule: 'holds half a surrogate pair', action: 'replaced' };
}

function list(values: readonly unknown[]): Converted {
  const items = values.map((item) => (Array.isArray(item) || item === null ? unusable('') : plain(item)));
  const texts = items.map(({ value, rule }) => (rule === undefined ? value : null));
  if (texts.some((item) => item === null || item.includes(',')))
    return unusable('is a list that commas cannot join');
  return { value: texts.join(',') };
}

function boolean(value: unknown): Converted {
  if (value === '') return { value: null };
  if (value === true) return { value: '1' };
  if (value === false) return { value: '0' };
  const text = typeof value === 'string' ? value.toLowerCase() : JSON.stringify(value);
  if (text === 'true' || text === '1') return { value: '1' };
  if (text === 'false' || text === '0') return { value: '0' };
  return unusable('is neither true nor false');
}

/** A day, or a midnight: some servers send dates as timestamps. */
function date(value: unknown): Converted {
  if (value === '') return { value: null };
  const match =
    typeof value === 'string'
      ? /^(\d{4})-(\d{2})-(\d{2})(?:T00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:00)?)?$/.exec(value)
      : null;
  if (match === null) return unusable('is no date');
  const [, year, month, day] = match;
  return isCalendarDay(Number(year), Number(month), Number(day))
    ? { value: `${year}-${month}-${day}` }
    : unusable('is no day of the calendar, or before the year 1000');
}

function timestamp(value: unknown): Converted {
  if (value === '') return { value: null };
  const time = typeof value === 'string' ? instantToSql(value) : undefined;
  return time === undefined
    ? unusable('is no timestamp with an offset, of the years 1000 to 9999')
    : { value: time };
}
