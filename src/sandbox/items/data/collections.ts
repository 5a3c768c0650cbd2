import type { ItemsSettings } from '../options.ts';
import { Collection } from './collection.ts';
import type { RecordKind } from './entry.ts';
import { news } from './news.ts';
import { notes } from './notes.ts';
import { permits } from './permits.ts';
import { rates } from './rates.ts';
import { roster } from './roster.ts';

const KINDS = { notes, permits, rates, roster, news } satisfies Record<string, RecordKind>;

export type CollectionName = keyof typeof KINDS;

export const COLLECTION_NAMES = Object.keys(KINDS) as readonly CollectionName[];

export type Collections = Readonly<Record<CollectionName, Collection>>;

/** Whether a text from a client is the name of a collection. */
export function isCollectionName(name: string): name is CollectionName {
  return Object.hasOwn(KINDS, name);
}

/** Creates the data that everything is served from. */
export function createCollections({ records, seed, clock }: ItemsSettings): Collections {
  const entries = COLLECTION_NAMES.map(
    (name) => [name, new Collection({ name, kind: KINDS[name], records, seed, clock })] as const,
  );
  return Object.fromEntries(entries) as Record<CollectionName, Collection>;
}
