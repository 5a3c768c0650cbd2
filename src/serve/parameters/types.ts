import { instantToSql } from '../../lib/time.ts';
import * as z from '../../lib/zod.ts';

/** Types of query parameters: each parses the text of an address, and describes itself in the OpenAPI document. */

/** A parameter that may be given several times; its value is an array. */
export function listOf<T extends z.ZodType>(type: T) {
  return z.array(type).min(1).max(50, 'may be given at most 50 times');
}

export function text(max: number) {
  return z.string().min(1, 'must not be empty').max(max, `must have at most ${max} characters`);
}

/** A text of 1 to 200 characters. */
export const words = text(200);

export function whole(min: number, max: number) {
  const takes = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,12}$/, takes)
    .transform(Number)
    .pipe(z.number(takes).int(takes).min(min, takes).max(max, takes));
}

/** A decimal number. It stays text, so that no digit is lost on its way to the database. */
export const decimal = z
  .string()
  .regex(/^-?\d{1,15}(?:\.\d{1,8})?$/, 'must be a number such as 450000 or 1250.50')
  .meta({ type: 'number', pattern: undefined, examples: [450000] });

export const flag = z
  .enum(['true', 'false'], 'must be true or false')
  .transform((value) => value === 'true')
  .pipe(z.boolean());

/** An instant. Its value is the text of a DATETIME(3) in UTC. */
export const instant = z
  .string()
  .transform((value, context) => {
    // In an address, a + that is not encoded is a blank.
    const parsed = instantToSql(value.replace(/ (?=\d\d:?\d\d$)/, '+'));
    if (parsed !== undefined) return parsed;
    context.addIssue('must be an instant with its zone, such as 2026-11-27T09:00:00Z');
    return z.NEVER;
  })
  .pipe(z.string().meta({ format: 'date-time', examples: ['2026-11-27T09:00:00Z'] }));

export function oneOf<const T extends string>(...values: readonly [T, ...T[]]) {
  return z.enum(values, `must be one of: ${values.join(', ')}`);
}
