import { type Converted, failConversion } from './converted.ts';

/** Converts to a signed integer of `bits` bits plus sign; rounds fractional digits. */
export function convertInteger(value: unknown, bits: bigint): Converted {
  if (value === '') return { value: null };
  if (isSmallInteger(value)) return { value: String(value) };
  const exact = readDigits(value);
  const rounded = exact === undefined ? undefined : roundDecimal(exact, 0);
  if (rounded === undefined) return failConversion('is not a number');
  const number = BigInt(rounded.text);
  const end = 2n ** bits;
  if (number < -end || number >= end) return failConversion(`is outside −${end} … ${end - 1n}`);
  return withRounding(number.toString(), rounded, 'is not a whole number');
}

/** Converts to a number of `precision` digits, `scale` of them after the point; rounds further digits. */
export function convertDecimal(value: unknown, precision: number, scale: number): Converted {
  if (value === '') return { value: null };
  if (isSmallInteger(value) && Math.abs(value) < 10 ** (precision - scale)) return { value: String(value) };
  const exact = readDigits(value);
  const rounded = exact === undefined ? undefined : roundDecimal(exact, scale);
  if (rounded === undefined) return failConversion('is not a number');
  const [whole = ''] = rounded.text.replace('-', '').split('.');
  if (whole.replace(/^0+/, '').length > precision - scale)
    return failConversion(`has more than ${precision - scale} digits before the point`);
  return withRounding(rounded.text, rounded, `has more than ${scale} digits after the point`);
}

/** Whether it is a number that fits any integer column unchanged. */
function isSmallInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31;
}

type RoundedNumber = { readonly text: string; readonly isExact: boolean; readonly isNoise: boolean };

function withRounding(value: string, { isExact, isNoise }: RoundedNumber, rule: string): Converted {
  if (isExact) return { value };
  return { value, rule, action: 'rounded', ...(isNoise ? { isNoise } : {}) };
}

/** Rounded digits count as noise if at least this many, right after the last kept digit, are all 0 or all 9. */
const MIN_NOISE_DIGITS = 6;

/**
 * Rounds a decimal number half up (away from zero, as SQL does). A rounding error below a millionth of the last kept digit is
 * noise: doubles have 15 to 17 digits, and no feed needs that precision.
 */
function roundDecimal(exact: string, scale: number): RoundedNumber | undefined {
  const match = /^([+-]?)0*(\d*?)(?:\.(\d*?)0*)?$/.exec(exact);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  const kept = fraction.slice(0, scale).padEnd(scale, '0');
  const rest = fraction.slice(scale);
  const isUp = rest >= '5';
  const scaled = BigInt(whole + kept || '0') + (isUp ? 1n : 0n);
  const all = String(scaled).padStart(scale + 1, '0');
  const point = all.length - scale;
  const after = all.slice(point).replace(/0+$/, '');
  const text = `${all.slice(0, point)}${after === '' ? '' : `.${after}`}`;
  return {
    text: sign === '-' && scaled !== 0n ? `-${text}` : text,
    isExact: rest === '',
    isNoise: rest.length > MIN_NOISE_DIGITS && (isUp ? /^9{6}/ : /^0{6}/).test(rest),
  };
}

/** Returns a number in plain decimal notation. JSON numbers too long for a double are text (lib/exact-json.ts). */
function readDigits(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? expandExponent(String(value)) : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  // No column is half as wide, and matching millions of digits would take hours.
  if (text.length > 200) return undefined;
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(text) ? expandExponent(text) : undefined;
}

/** `1.5e3` → `1500`: moves the decimal point instead of calculating. */
function expandExponent(text: string): string {
  const match = /^([+-]?)(\d*)\.?(\d*)[eE]([+-]?\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const all = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${all}`;
  if (point >= all.length) return `${sign}${all}${'0'.repeat(point - all.length)}`;
  return `${sign}${all.slice(0, point)}.${all.slice(point)}`;
}
