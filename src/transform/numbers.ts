import { type Converted, unusable } from './converted.ts';

/** A whole number of `bits` bits and a sign; digits after the point are rounded. */
export function convertInteger(value: unknown, bits: bigint): Converted {
  if (value === '') return { value: null };
  if (isPlain(value)) return { value: String(value) };
  const exact = digits(value);
  const rounded = exact === undefined ? undefined : round(exact, 0);
  if (rounded === undefined) return unusable('is no number');
  const number = BigInt(rounded.text);
  const end = 2n ** bits;
  if (number < -end || number >= end) return unusable(`is outside −${end} … ${end - 1n}`);
  return withRounding(number.toString(), rounded, 'is no whole number');
}

/** A number of `precision` digits, `scale` of them after the point; further ones are rounded. */
export function convertDecimal(value: unknown, precision: number, scale: number): Converted {
  if (value === '') return { value: null };
  if (isPlain(value) && Math.abs(value) < 10 ** (precision - scale)) return { value: String(value) };
  const exact = digits(value);
  const rounded = exact === undefined ? undefined : round(exact, scale);
  if (rounded === undefined) return unusable('is no number');
  const [whole = ''] = rounded.text.replace('-', '').split('.');
  if (whole.replace(/^0+/, '').length > precision - scale)
    return unusable(`has more than ${precision - scale} digits before the point`);
  return withRounding(rounded.text, rounded, `has more than ${scale} digits after the point`);
}

/** A number that any column of whole numbers takes, and that is written as it is. */
function isPlain(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31;
}

type Rounded = { readonly text: string; readonly isExact: boolean; readonly isNoise: boolean };

function withRounding(value: string, { isExact, isNoise }: Rounded, rule: string): Converted {
  if (isExact) return { value };
  return { value, rule, action: 'rounded', ...(isNoise ? { isNoise } : {}) };
}

/** Digits behind the last one kept that must be 0 or 9 throughout, for what is rounded away to be noise. */
const NOISE_DIGITS = 6;

/**
 * Rounds a written-out number half up (away from zero, as SQL does). Less than a millionth of the last digit kept, rounded
 * away, is noise: doubles have 15 to 17 digits, and no feed measures that finely.
 */
function round(exact: string, scale: number): Rounded | undefined {
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
    isNoise: rest.length > NOISE_DIGITS && (isUp ? /^9{6}/ : /^0{6}/).test(rest),
  };
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
