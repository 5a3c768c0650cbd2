import type { Converted } from '../../../transform/converted.ts';
import { convertDecimal, convertInteger } from '../../../transform/numbers.ts';

/** An amount as DECIMAL(24,6) holds it. Digits are never converted to a float. */
export function parseAmount(text: string, decimal: '.' | ','): Converted {
  if (decimal === '.' && SHORT_AMOUNT.test(text)) return { value: text };
  return convertDecimal(normalizeNumber(text, decimal), 24, 6);
}

/** A whole number as BIGINT holds it. */
export function parseQuantity(text: string, decimal: '.' | ','): Converted {
  if (SHORT_WHOLE.test(text)) return { value: text };
  return convertInteger(normalizeNumber(text, decimal), 63n);
}

/** Most numbers are written as the column holds them: nothing has to be converted. */
const SHORT_WHOLE = /^(?:0|-?[1-9]\d{0,14})$/;
const SHORT_AMOUNT = /^(?:0|-?[1-9]\d{0,14})(?:\.\d{0,5}[1-9])?$/;

const PLAIN = /^-?\d{1,15}(?:\.\d{1,6})?$/;

/** Currency signs, and codes such as USD. */
const CURRENCY = /^(?:\p{Sc}|[A-Z]{1,3}\p{Sc}|[A-Z]{3}(?=[\s\d(+\-−]))|(?:\p{Sc}|(?<=[\s\d)\-−])[A-Z]{3})$/gu;

const GROUPING = { '.': ",'’ \u00A0\u202F\u2009", ',': ".'’ \u00A0\u202F\u2009" };

/** `(1,234.50)`, `1.234,50-` or `$ 1,234.50` → `-1234.50`, `-1234.50`, `1234.50`. Returns the text if it is something else. */
export function normalizeNumber(text: string, decimal: '.' | ','): string {
  if (decimal === '.' && PLAIN.test(text)) return text;
  let rest = text.trim();
  if (rest.length > 200) return text;
  const brackets = /^([^()\d]*)\((.*)\)([^()\d]*)$/.exec(rest);
  if (brackets !== null) rest = brackets.slice(1).join('');
  let isNegative = brackets !== null;
  // A sign may be on either side of the currency.
  for (let turn = 0; turn < 2; turn += 1) {
    const sign = /^[-−+]|[-−+]$/.exec(rest);
    if (sign !== null) {
      rest = rest.replace(sign[0], '').trim();
      if (isNegative && sign[0] !== '+') return text;
      isNegative ||= sign[0] !== '+';
    }
    if (turn === 0) rest = rest.replaceAll(CURRENCY, '').trim();
  }
  const digits = removeGrouping(rest, decimal);
  return digits === undefined ? text : `${isNegative ? '-' : ''}${digits}`;
}

/** Groups have three digits, or two in India; all are separated in the same way. */
function removeGrouping(text: string, decimal: '.' | ','): string | undefined {
  const [whole = '', fraction, ...more] = text.split(decimal);
  if (more.length > 0 || (fraction !== undefined && !/^\d*(?:[eE][+-]?\d{1,3})?$/.test(fraction)))
    return undefined;
  const match = new RegExp(`^\\d{1,3}(?:([${GROUPING[decimal]}])\\d{2,3}(?:\\1\\d{2,3})*)$`).exec(whole);
  const isGrouped = match !== null && /\d{3}$/.test(whole) && !/\D\d{1,2}$/.test(whole);
  const plain = isGrouped ? whole.replaceAll(/\D/g, '') : whole;
  if (!/^\d*(?:[eE][+-]?\d{1,3})?$/.test(plain)) return undefined;
  const all = fraction === undefined ? plain : `${plain === '' ? '0' : plain}.${fraction}`;
  return /^\d/.test(all) ? all : undefined;
}
