import type * as zod from 'zod';
import { requireWithout } from './require-without.ts';

// The parts of zod that we use, without its messages in 50 languages. zod loads English by itself.
export const {
  array,
  boolean,
  custom,
  discriminatedUnion,
  enum: enum_,
  literal,
  NEVER,
  number,
  object,
  preprocess,
  record,
  toJSONSchema,
  strictObject,
  string,
  union,
  unknown,
} = requireWithout('zod', { 'zod/v4/locales': {} }) as typeof zod;

export { enum_ as enum };
export type { output, ZodOptional, ZodType } from 'zod';
