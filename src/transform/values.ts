import { instantToSql, isDay } from '../lib/time.ts';
import { type FieldType, LONGEST_KEY } from '../model.ts';

/** A value ready to bind, or the rule that it breaks. */
export type Converted = { readonly value: string | null } | { readonly rule: string };

/**
 * One value of the feed as its column takes it: exactly, or not at all. Nothing is cut, rounded or guessed, with one
 * exception that DATETIME(3) leaves no way around: fractions of a millisecond are dropped.
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
      return integer(value, 31n);
    case 'bigint':
      return integer(value, 63n);
    case 'decimal':
      return decimal(value, type.precision, type.scale);
    case 'boolean':
      return boolean(value);
    case 'date':
      return date(value);
    case 'timestamp':
      return timestamp(value);
  }
}

function fail(rule: string): Converted {
  return { rule };
}

function key(value: unknown): Converted {
  const result = limited(value, LONGEST_KEY);
  return 'value' in result && result.value === '' ? fail('a key must not be empty') : result;
}

function limited(value: unknown, length: number): Converted {
  const result = plain(value);
  if ('rule' in result || result.value === null || result.value.length <= length) return result;
  const characters = Array.from(result.value).length;
  return characters <= length ? result : fail(`has ${characters} characters, its column ${length}`);
}

function sized(value: unknown, bytes: number): Converted {
  const result = plain(value);
  if ('rule' in result || result.value === null || result.value.length * 3 <= bytes) return result;
  const size = Buffer.byteLength(result.value);
  return size <= bytes ? result : fail(`has ${size} bytes, its column ${bytes}`);
}

/** Text as it is; numbers and booleans as JSON writes them; a list of plain values joined by commas, as Trestle does. */
function plain(value: unknown): Converted {
  if (typeof value === 'number' || typeof value === 'boolean') return { value: String(value) };
  if (Array.isArray(value)) return list(value);
  if (typeof value !== 'string') return fail('is no text');
  return value.isWellFormed() ? { value } : fail('holds half a surrogate pair');
}

function list(values: readonly unknown[]): Converted {
  const items = values.map((item) => (Array.isArray(item) || item === null ? fail('') : plain(item)));
  const texts = items.map((item) => ('value' in item ? item.value : null));
  if (texts.some((item) => item === null || item.includes(',')))
    return fail('is a list that commas cannot join');
  return { value: texts.join(',') };
}

const INTEGER = /^[+-]?\d+$/;

function integer(value: unknown, bits: bigint): Converted {
  if (value === '') return { value: null };
  if (isPlain(value)) return { value: String(value) };
  const exact = digits(value);
  if (exact === undefined) return fail('is no number');
  const whole = exact.replace(/\.0+$/, '');
  if (!INTEGER.test(whole)) return fail('is no whole number');
  const number = BigInt(whole);
  const end = 2n ** bits;
  return number >= -end && number < end
    ? { value: number.toString() }
    : fail(`is outside −${end} … ${end - 1n}`);
}

function decimal(value: unknown, precision: number, scale: number): Converted {
  if (value === '') return { value: null };
  if (isPlain(value) && Math.abs(value) < 10 ** (precision - scale)) return { value: String(value) };
  const exact = digits(value);
  if (exact === undefined) return fail('is no number');
  const [, sign, whole, fraction] = /^([+-]?)0*(\d*?)(?:\.(\d*?)0*)?$/.exec(exact) ?? [];
  if (whole === undefined) return fail('is no number');
  if (whole.length > precision - scale)
    return fail(`has more than ${precision - scale} digits before the point`);
  if ((fraction ?? '').length > scale) return fail(`has more than ${scale} digits after the point`);
  return {
    value: `${sign === '-' ? '-' : ''}${whole === '' ? '0' : whole}${fraction ? `.${fraction}` : ''}`,
  };
}

/** A number that any column of whole numbers takes, and that is written as it is. */
function isPlain(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31;
}

/** The digits of a number, written out: JSON numbers too long for a double come as text (lib/exact-json.ts). */
function digits(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? expand(String(value)) : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  // No column is half as wide, and patterns over millions of digits would take hours.
  if (text.length > 200) return undefined;
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(text) ? expand(text) : undefined;
}

/** `1.5e3` → `1500`: moves the point instead of calculating. */
function expand(text: string): string {
  const match = /^([+-]?)(\d*)\.?(\d*)[eE]([+-]?\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const all = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${all}`;
  if (point >= all.length) return `${sign}${all}${'0'.repeat(point - all.length)}`;
  return `${sign}${all.slice(0, point)}.${all.slice(point)}`;
}

function boolean(value: unknown): Converted {
  if (value === '') return { value: null };
  if (value === true) return { value: '1' };
  if (value === false) return { value: '0' };
  const text = typeof value === 'string' ? value.toLowerCase() : JSON.stringify(value);
  if (text === 'true' || text === '1') return { value: '1' };
  if (text === 'false' || text === '0') return { value: '0' };
  return fail('is neither true nor false');
}

/** A day, or a midnight: some servers send dates as timestamps. */
function date(value: unknown): Converted {
  if (value === '') return { value: null };
  const match =
    typeof value === 'string'
      ? /^(\d{4})-(\d{2})-(\d{2})(?:T00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:00)?)?$/.exec(value)
      : null;
  if (match === null) return fail('is no date');
  const [, year, month, day] = match;
  return isDay(Number(year), Number(month), Number(day))
    ? { value: `${year}-${month}-${day}` }
    : fail('is no day of the calendar, or before the year 1000');
}

function timestamp(value: unknown): Converted {
  if (value === '') return { value: null };
  const time = typeof value === 'string' ? instantToSql(value) : undefined;
  return time === undefined
    ? fail('is no timestamp with an offset, of the years 1000 to 9999')
    : { value: time };
}
