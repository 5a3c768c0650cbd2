import { parseDuration } from '../../lib/duration.ts';

/** The text of a flag is not a valid value. The message completes "option '--last <n>' argument 'x' is invalid". */
export class InvalidValueError extends Error {}

/** Names separated by commas. */
export function parseList(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

export function parseCount(text: string): number {
  const number = parseInteger(text);
  if (number < 1) throw new InvalidValueError('It must be 1 or more.');
  return number;
}

export function parsePercent(text: string): number {
  const number = parseInteger(text);
  if (number > 100) throw new InvalidValueError('It must be from 0 to 100.');
  return number;
}

/** A share such as `1%` or `0.5%`. Returns a number from 0 to 1. */
export function parseShare(text: string): number {
  const percent = /^(\d{1,3}(?:\.\d{1,6})?)\s*%$/.exec(text)?.[1];
  const share = Number(percent) / 100;
  if (percent === undefined || share <= 0 || share > 1) {
    throw new InvalidValueError('It must be a share such as 1% or 0.5%.');
  }
  return share;
}

export function parseInteger(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidValueError('It must be a whole number.');
  return Number(text);
}

/** In milliseconds. */
export function parseDurationFlag(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms === 0)
    throw new InvalidValueError('It must be a duration such as 90s, 10m, 2h or 1d.');
  return ms;
}
