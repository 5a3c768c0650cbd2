import { trestle } from './trestle/index.ts';

/** Every kind of source, one line each. The first one is meant if a command names none. */
export const registry = [trestle] as const;
