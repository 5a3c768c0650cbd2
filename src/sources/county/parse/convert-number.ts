const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;

/** Digits that every BIGINT has room for. */
const MAX_BIGINT_DIGITS = 18;
/** DECIMAL(24,8). */
const MAX_WHOLE_DIGITS = 16;
const MAX_FRACTION_DIGITS = 8;

/** Converts a trimmed text to an integer; a fraction of zeros is accepted. Undefined for anything else. */
export function integerConverter(text: string, start: number, end: number): string | undefined {
  const first = text.charCodeAt(start);
  const digits = first === MINUS || first === PLUS ? start + 1 : start;
  const stop = endOfDigits(text, digits, end);
  if (stop === digits || (stop < end && !isZeroFraction(text, stop, end))) return undefined;
  const from = firstSignificant(text, digits, stop);
  if (stop - from > MAX_BIGINT_DIGITS) return undefined;
  const number = text.slice(from, stop);
  return first === MINUS && number !== '0' ? `-${number}` : number;
}

/**
 * Returns a converter of trimmed texts to DECIMAL(24,8). Digits beyond the eighth after the point are rounded off.
 * @param decimals digits after the point in a text that has no point.
 */
export function numberConverter(decimals: number) {
  return (text: string, start: number, end: number): string | undefined => {
    const first = text.charCodeAt(start);
    const digits = first === MINUS || first === PLUS ? start + 1 : start;
    const point = endOfDigits(text, digits, end);
    const hasPoint = text.charCodeAt(point) === POINT && point < end;
    const stop = hasPoint ? endOfDigits(text, point + 1, end) : point;
    if (stop !== end || stop - digits === (hasPoint ? 1 : 0)) return undefined;
    const from = firstSignificant(text, digits, point);
    if (point - from > MAX_WHOLE_DIGITS + (hasPoint ? 0 : decimals)) return undefined;
    const fraction = stop - point - 1;
    if (first !== MINUS && from < point && hasPoint && fraction > 0 && fraction <= MAX_FRACTION_DIGITS)
      return text.slice(from, stop);
    const sign = first === MINUS ? '-' : '';
    const whole = from === point ? '0' : text.slice(from, point);
    if (!hasPoint) return sign + (decimals === 0 ? whole : placePoint(whole, decimals));
    return sign + round(whole, text.slice(point + 1, stop));
  };
}

/** Converts a trimmed text to a year; zero is null. Undefined for anything but 1 to 9999. */
export function yearConverter(text: string, start: number, end: number): string | null | undefined {
  const stop = endOfDigits(text, start, end);
  if (stop !== end) return undefined;
  const from = firstSignificant(text, start, stop);
  if (stop - from > 4) return undefined;
  const year = text.slice(from, stop);
  return year === '0' ? null : year;
}

function endOfDigits(text: string, start: number, end: number): number {
  let index = start;
  while (index < end) {
    const code = text.charCodeAt(index);
    if (code < ZERO || code > NINE) break;
    index += 1;
  }
  return index;
}

/** Skips leading zeros, except the last digit. */
function firstSignificant(text: string, start: number, end: number): number {
  let index = start;
  while (index < end - 1 && text.charCodeAt(index) === ZERO) index += 1;
  return index;
}

function isZeroFraction(text: string, start: number, end: number): boolean {
  if (text.charCodeAt(start) !== POINT) return false;
  for (let index = start + 1; index < end; index += 1) if (text.charCodeAt(index) !== ZERO) return false;
  return true;
}

function placePoint(digits: string, decimals: number): string {
  const padded = digits.padStart(decimals + 1, '0');
  return `${padded.slice(0, -decimals)}.${padded.slice(-decimals)}`;
}

/** Rounds half away from zero, as MySQL does. */
function round(whole: string, fraction: string): string {
  if (fraction === '') return whole;
  if (fraction.length <= MAX_FRACTION_DIGITS) return `${whole}.${fraction}`;
  const kept = BigInt(whole + fraction.slice(0, MAX_FRACTION_DIGITS));
  const next = fraction.charCodeAt(MAX_FRACTION_DIGITS) >= ZERO + 5 ? 1n : 0n;
  return placePoint(String(kept + next), MAX_FRACTION_DIGITS);
}
