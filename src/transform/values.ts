import { instantToSql, isCalendarDay } from '../lib/time.ts';
import { type FieldType, MAX_KEY_LENGTH } from '../dataset/dataset.ts';
import { type Converted, failConversion } from './converted.ts';
import { convertDecimal, convertInteger } from './numbers.ts';

/**
 * Converts a value of the feed for its column, exactly if possible. Otherwise a number is rounded to the column's scale, text is
 * cut at a character boundary, and anything else becomes NULL; each of these names its rule. Only fractions of a millisecond
 * are dropped without a rule: DATETIME(3) has none.
 */
export function convertValue(type: FieldType, value: unknown): Converted {
  if (value === null || value === undefined) return { value: null };
  switch (type.kind) {
    case 'key':
      return convertKey(value);
    case 'string':
      return limitCharacters(value, type.length);
    case 'text':
      return limitBytes(value, 65_535);
    case 'longtext':
      return limitBytes(value, 16_777_215);
    case 'integer':
      return convertInteger(value, 31n);
    case 'bigint':
      return convertInteger(value, 63n);
    case 'decimal':
      return convertDecimal(value, type.precision, type.scale);
    case 'boolean':
      return convertBoolean(value);
    case 'date':
      return convertDate(value);
    case 'timestamp':
      return convertTimestamp(value);
  }
}

/** A key is never cut or repaired: it would name another record. */
function convertKey(value: unknown): Converted {
  const result = limitCharacters(value, MAX_KEY_LENGTH);
  if (result.rule !== undefined) return failConversion(result.rule);
  return result.value === '' ? failConversion('a key must not be empty') : result;
}

function limitCharacters(value: unknown, length: number): Converted {
  const result = toText(value);
  if (result.value === null || result.value.length <= length) return result;
  const characters = Array.from(result.value);
  if (characters.length <= length) return result;
  const rule = `has ${characters.length} characters, its column ${length}`;
  return { value: characters.slice(0, length).join(''), rule, action: 'cut' };
}

function limitBytes(value: unknown, bytes: number): Converted {
  const result = toText(value);
  if (result.value === null || result.value.length * 3 <= bytes) return result;
  const text = Buffer.from(result.value);
  if (text.length <= bytes) return result;
  return {
    value: decodeWholeCharacters(text.subarray(0, bytes)),
    rule: `has ${text.length} bytes, its column ${bytes}`,
    action: 'cut',
  };
}

/** Decodes UTF-8 and drops an incomplete last character. */
function decodeWholeCharacters(utf8: Buffer): string {
  const text = utf8.toString();
  return text.endsWith('\uFFFD') && !utf8.subarray(-3).equals(REPLACEMENT) ? text.slice(0, -1) : text;
}

const REPLACEMENT = Buffer.from('\uFFFD');

/** Returns text unchanged, numbers and booleans as in JSON, and a list of such values joined with commas, as Trestle does. */
function toText(value: unknown): Converted {
  if (typeof value === 'number' || typeof value === 'boolean') return { value: String(value) };
  if (Array.isArray(value)) return joinList(value);
  if (typeof value !== 'string') return failConversion('is not text');
  if (value.isWellFormed()) return { value };
  return { value: value.toWellFormed(), rule: 'contains half a surrogate pair', action: 'replaced' };
}

function joinList(values: readonly unknown[]): Converted {
  const items = values.map((item) =>
    Array.isArray(item) || item === null ? failConversion('') : toText(item),
  );
  const texts = items.map(({ value, rule }) => (rule === undefined ? value : null));
  if (texts.some((item) => item === null || item.includes(',')))
    return failConversion('is a list that cannot be joined with commas');
  return { value: texts.join(',') };
}

function convertBoolean(value: unknown): Converted {
  if (value === '') return { value: null };
  if (value === true) return { value: '1' };
  if (value === false) return { value: '0' };
  const text = typeof value === 'string' ? value.toLowerCase() : JSON.stringify(value);
  if (text === 'true' || text === '1') return { value: '1' };
  if (text === 'false' || text === '0') return { value: '0' };
  return failConversion('is neither true nor false');
}

/** Accepts a day, or midnight of a day: some servers send dates as timestamps. */
function convertDate(value: unknown): Converted {
  if (value === '') return { value: null };
  const match =
    typeof value === 'string'
      ? /^(\d{4})-(\d{2})-(\d{2})(?:T00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:00)?)?$/.exec(value)
      : null;
  if (match === null) return failConversion('is not a date');
  const [, year, month, day] = match;
  return isCalendarDay(Number(year), Number(month), Number(day))
    ? { value: `${year}-${month}-${day}` }
    : failConversion('is not a calendar day, or is before the year 1000');
}

function convertTimestamp(value: unknown): Converted {
  if (value === '') return { value: null };
  const time = typeof value === 'string' ? instantToSql(value) : undefined;
  return time === undefined
    ? failConversion('is not a timestamp with an offset in the years 1000 to 9999')
    : { value: time };
}
