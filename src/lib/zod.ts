import type * as zod from 'zod';
import { requireWithout } from './require-without.ts';

// The parts of zod that we use, without its messages in 50 languages. zod loads English by itself.
export const {
  custom,
  enum: enum_,
  NEVER,
  object,
  string,
} = requireWithout('zod', { 'zod/v4/locales': {} }) as typeof zod;

export { enum_ as enum };
export type { output, ZodType } from 'zod';
