import type { SourceDefinition } from './definition.ts';
import { trestle } from './trestle/index.ts';

/** Every kind of source. The first one is meant if a command names none. */
export const registry: readonly [SourceDefinition, ...SourceDefinition[]] = [trestle];
