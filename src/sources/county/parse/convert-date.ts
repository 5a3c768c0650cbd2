import { isCalendarDay } from '../../../lib/time.ts';

/** Day zero of spreadsheets and of some databases: `12/30/1899` means that there is no date. */
const DAY_ZERO = 18_991_230;

/** Days in the cache of a column, so that a text is built once a day. */
const MAX_CACHED_DAYS = 20_000;

type Part = 'year' | 'month' | 'day';
type Token = {
  readonly part: Part | undefined;
  readonly code: number;
  readonly min: number;
  readonly max: number;
};

const ONLY_ZEROS = /^[0/.-]+$/;
const TIME = /^(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d*)?)?(?: ?[AP]M)?)?$/i;

/** Returns a converter of trimmed texts to `YYYY-MM-DD`. A time after the date is accepted and dropped; zeros are null. */
export function dateConverter(patterns: readonly string[]) {
  const forms = patterns.map(tokensOf);
  const days = new Map<number, string | null | undefined>();
  const format = (day: number): string | null | undefined => {
    if (days.has(day)) return days.get(day);
    if (days.size >= MAX_CACHED_DAYS) days.clear();
    const text = formatDay(day);
    days.set(day, text);
    return text;
  };
  return (text: string, start: number, end: number): string | null | undefined => {
    for (const form of forms) {
      const day = parseDay(form, text, start, end);
      const date = day === -1 ? undefined : format(day);
      if (date !== undefined) return date;
    }
    return ONLY_ZEROS.test(text.slice(start, end)) ? null : undefined;
  };
}

/** Whether a piece of a pattern is for digits. */
function isDigit(piece: string | undefined): boolean {
  return piece !== undefined && /^[YMD]/.test(piece);
}

/** `MM/DD/YYYY` as tokens. A month or day next to a separator can have one digit. */
function tokensOf(pattern: string): readonly Token[] {
  const pieces = pattern.match(/Y+|M+|D+|./g) ?? [];
  return pieces.map((piece, index): Token => {
    if (!isDigit(piece)) return { part: undefined, code: piece.charCodeAt(0), min: 0, max: 0 };
    const isSeparated = !isDigit(pieces[index - 1]) && !isDigit(pieces[index + 1]);
    if (piece.startsWith('Y')) return { part: 'year', code: 0, min: 4, max: 4 };
    const part = piece.startsWith('M') ? 'month' : 'day';
    return { part, code: 0, min: isSeparated ? 1 : 2, max: 2 };
  });
}

/** @returns the day as the number YYYYMMDD; -1 if the text has another form. */
function parseDay(tokens: readonly Token[], text: string, start: number, end: number): number {
  let day = 0;
  let at = start;
  for (const token of tokens) {
    if (token.part === undefined) {
      if (at >= end || text.charCodeAt(at) !== token.code) return -1;
      at += 1;
      continue;
    }
    let value = 0;
    let count = 0;
    for (; count < token.max && at < end; count += 1, at += 1) {
      const digit = text.charCodeAt(at) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (count < token.min) return -1;
    day += value * (token.part === 'year' ? 10_000 : token.part === 'month' ? 100 : 1);
  }
  return at === end || TIME.test(text.slice(at, end)) ? day : -1;
}

function formatDay(day: number): string | null | undefined {
  if (day === DAY_ZERO || day === 0) return null;
  const [year, month, date] = [Math.floor(day / 10_000), Math.floor(day / 100) % 100, day % 100];
  if (!isCalendarDay(year, month, date)) return undefined;
  const digits = String(day);
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}
