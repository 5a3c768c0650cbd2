import { isLoopback } from './loopback.ts';
import * as z from './zod.ts';
import { parseDuration } from './duration.ts';
import { parseSize } from './size.ts';

/** Types of environment variables: each parses the text, or reports what it must be. */

/** Variables by name. An optional one has a default or may be undefined. */
export type Variables = Readonly<Record<string, z.ZodType>>;

/** The parsed values of variables. */
export type Values<V extends Variables> = { readonly [Name in keyof V]: z.output<V[Name]> };

export const text = z.string();
export const required = z.string().min(1, 'must be set');

/** @param takes completes the message `NAME is "…": `. */
export function matchingText(isGood: (value: string) => boolean, takes: string) {
  return z.string().refine(isGood, takes);
}

/** @param parse returns undefined if the text is invalid. */
export function parsedText<T>(parse: (value: string) => T | undefined, takes: string) {
  return z.string().transform((value, context) => {
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    context.addIssue(takes);
    return z.NEVER;
  });
}

export function whole(min: number, max: number) {
  const takes = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d+$/, takes)
    .transform(Number)
    .refine((value) => value >= min && value <= max, takes);
}

export function oneOf<const T extends string>(...values: readonly T[]) {
  return z
    .string()
    .toLowerCase()
    .pipe(z.enum(values, `must be one of: ${values.join(', ')}`));
}

/** In milliseconds. */
export const duration = parsedText(parseDuration, 'must be a duration such as 90s, 10m, 2h or 1d');

/** In bytes. */
export const bytes = parsedText(parseSize, 'must be a size such as 500k, 20m or 1g');

export const names = parsedText((value) => {
  const list = value.split(',').map((name) => name.trim());
  return list.every((name) => /^[A-Za-z_]\w*$/.test(name)) && new Set(list).size === list.length
    ? list
    : undefined;
}, 'must be names separated by commas, each once');

/** Drops trailing slashes. Only this machine may use http: it would send a secret in clear text. */
export const secureUrl = matchingText(
  isSecureUrl,
  'must be an address that begins with https:// (http:// only on this machine), without ? or #',
).transform((value) => value.replace(/\/+$/, ''));

function isSecureUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const { protocol, search, hash, username } = url;
  return (
    (protocol === 'https:' || (protocol === 'http:' && isLoopback(url))) && search + hash + username === ''
  );
}
