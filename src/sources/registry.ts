import type { SourceDefinition } from './definition.ts';
import { trestle } from './trestle/index.ts';

/** Every kind of source. The first is the default of commands that take a source. */
export const registry: readonly [SourceDefinition, ...SourceDefinition[]] = [trestle];
