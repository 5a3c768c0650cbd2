import { trestle } from './trestle/index.ts';

/** Every kind of source, one line each. The first is the default of commands that take a source. */
export const registry = [trestle] as const;
