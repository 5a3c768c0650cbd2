import { county } from './county/index.ts';
import type { SourceDefinition } from './definition.ts';
import { api, csv, rss } from './items/index.ts';
import type { SourceKind } from './kind.ts';
import { trestle } from './trestle/index.ts';

/** The sources that environment variables configure. The first is the default of commands that take a source. */
export const registry: readonly [SourceDefinition, ...SourceDefinition[]] = [trestle];

/** The kinds of source that SOURCES_FILE can have. */
export const kinds: readonly SourceKind[] = [county, api, csv, rss] as readonly SourceKind[];
