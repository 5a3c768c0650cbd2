// The part of zod that is used, without its messages in 50 languages: they are half of what zod loads, and each run loads it.
import { createRequire, Module } from 'node:module';
import type * as zod from 'zod';

const require = createRequire(import.meta.url);

export const { custom, enum: enum_, NEVER, object, string } = requireZod();
export { enum_ as enum };
export type { output, ZodType } from 'zod';

/** zod itself requires English by its own path, and the index of the languages only to export it. */
function requireZod(): typeof zod {
  const index = require.resolve('zod/v4/locales');
  const empty = new Module(index);
  empty.loaded = true;
  require.cache[index] ??= empty;
  return require('zod') as typeof zod;
}
