import { parseDuration } from '../lib/duration.ts';
import * as z from '../lib/zod.ts';

// Every scalar of sources.yaml is the text that was typed. Its JSON Schema still has numbers: they are what editors see.

const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/** Accepts a number as text. */
export function number<T extends z.ZodType<number>>(schema: T) {
  return z.preprocess(
    (value) => (typeof value === 'string' && NUMBER.test(value.trim()) ? Number(value) : value),
    schema,
  );
}

/** A time span, such as `10m`, in milliseconds. */
export const duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue('must be a duration such as 90s, 10m, 2h or 7d');
  return z.NEVER;
});
