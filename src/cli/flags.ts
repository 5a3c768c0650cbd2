import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../lib/duration.ts';

/** What a flag's text is: each throws what commander tells the user. */

export function list(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

export function count(text: string): number {
  const number = wholeNumber(text);
  if (number < 1) throw new InvalidArgumentError('It must be 1 or more.');
  return number;
}

export function percent(text: string): number {
  const number = wholeNumber(text);
  if (number > 100) throw new InvalidArgumentError('It must be from 0 to 100.');
  return number;
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** In milliseconds. */
export function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms === 0)
    throw new InvalidArgumentError('It must be a duration such as 90s, 10m, 2h or 1d.');
  return ms;
}

/** It becomes part of file names. */
export function profileName(text: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(text)) return text;
  throw new InvalidArgumentError('It must be of letters, digits, _ and -.');
}
