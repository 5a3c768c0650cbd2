import type { Json } from '../../items.ts';

/** A value as text; null if it has none; undefined if it is an object, or a list of them. A list of texts is joined. */
export function toText(value: Json | undefined): string | null | undefined {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!Array.isArray(value)) return undefined;
  const parts = (value as readonly Json[]).map((part) => (Array.isArray(part) ? undefined : toText(part)));
  if (parts.includes(undefined)) return undefined;
  return parts.filter((part) => part !== null && part !== '').join(', ');
}

// oxlint-disable-next-line no-control-regex
const NUL = /\u0000/g;

/** A text that every column takes: without NUL, and with U+FFFD in place of half characters (lone surrogates). */
export function cleanText(text: string): string {
  const clean = text.includes('\u0000') ? text.replace(NUL, '') : text;
  return clean.isWellFormed() ? clean : clean.toWellFormed();
}

/** Cuts a text to so many characters (code points, as MySQL counts them). @returns undefined if it is not longer. */
export function cutText(text: string, max: number): string | undefined {
  if (text.length <= max) return undefined;
  let end = 0;
  for (let count = 0; count < max && end < text.length; count += 1) end += lengthAt(text, end);
  return end < text.length ? text.slice(0, end).trimEnd() : undefined;
}

function lengthAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/** Text on one line: line ends and several blanks become one blank. */
export function toLine(text: string): string {
  return /\s\s|[^\S ]/.test(text) ? text.replaceAll(/\s+/g, ' ').trim() : text.trim();
}
