import type { SourceTools } from '../definition.ts';
import type { ItemReader } from '../items.ts';
import type { EntryPlace, WrittenEntry } from '../kind.ts';
import { createApiReader, hashApiRead } from './api/reader.ts';
import type { ApiEntry } from './api/settings.ts';
import { createRequester } from './create-requester.ts';
import { createCsvReader, hashCsvRead } from './csv/reader.ts';
import type { CsvEntry } from './csv/settings.ts';
import { compileMapper } from './map/compile.ts';
import { createNameCheck, withNameCheck } from './map/name-check.ts';
import { itemMapping, type ItemMapping } from './map/settings.ts';
import { createReferences, NO_REFERENCES } from './references.ts';
import type { Requester } from './requester.ts';
import { DEFAULT_FEED_MAPPING } from './rss/default-mapping.ts';
import { createRssReader, hashRssRead } from './rss/reader.ts';
import type { RssEntry } from './rss/settings.ts';
import { withReferences } from './with-references.ts';

/** An entry of sources.yaml. */
export type ItemEntry =
  | { readonly type: 'api'; readonly entry: ApiEntry }
  | { readonly type: 'csv'; readonly entry: CsvEntry }
  | { readonly type: 'rss'; readonly entry: RssEntry };

export type ItemTools = EntryPlace & {
  readonly id: string;
  readonly entry: ItemEntry;
  readonly written: WrittenEntry;
  /** The source's own folder in STATE_DIR; it need not exist. */
  readonly stateFolder: string;
  readonly tools: SourceTools;
};

export type OpenedReader = { readonly reader: ItemReader; readonly requests: () => number };

/** Opens the reader of a source. @throws ConfigError if the mapping is wrong. */
export function openReader(options: ItemTools): OpenedReader {
  const requester = openRequester(options);
  const { id, entry, locate } = options;
  const check = createNameCheck(id, mappingOf(entry), locate);
  const reader = withNameCheck(createReader(options, requester), check);
  return { reader: hideValues(reader, options), requests: () => requester?.requests() ?? 0 };
}

function mappingOf({ type, entry }: ItemEntry): ItemMapping {
  return type === 'rss' ? (entry.item ?? itemMapping.parse(DEFAULT_FEED_MAPPING)) : entry.item;
}

/** A variable that gets another value is no other source: the shape is that of the entry as it is written. */
function hideValues(reader: ItemReader, { entry, written }: ItemTools): ItemReader {
  const references = createReferences(written.values);
  const hidden = references === NO_REFERENCES ? reader : withReferences(reader, references);
  const readShape = hashWritten(entry, written.settings);
  if (readShape === reader.readShape) return hidden;
  return { ...hidden, readShape, formerReadShape: reader.readShape };
}

function hashWritten({ type, entry }: ItemEntry, { url, query }: WrittenEntry['settings']): string {
  const address = typeof url === 'string' ? { url } : {};
  if (type === 'csv') return hashCsvRead({ ...entry, ...address });
  if (type === 'rss') return hashRssRead({ ...entry, ...address });
  return hashApiRead({
    ...entry,
    ...address,
    ...(query !== undefined && { query: query as ApiEntry['query'] }),
  });
}

/** @returns undefined for files of this machine. */
function openRequester({ id, entry: { type, entry }, stateFolder, tools }: ItemTools): Requester | undefined {
  const { url, headers, auth } = entry;
  return url === undefined
    ? undefined
    : createRequester({ id, type, url, headers, auth }, { ...tools, stateFolder });
}

function createReader(options: ItemTools, requester: Requester | undefined): ItemReader {
  const { id, entry, folder, stateFolder, tools } = options;
  const { clock, maxRecords } = tools;
  const { empty } = entry.entry;
  const html = entry.type === 'rss' ? entry.entry.html : undefined;
  const mapper = compileMapper(mappingOf(entry), { empty, ...(html !== undefined && { html }) });
  if (entry.type === 'api')
    return createApiReader({ id, settings: entry.entry, folder, requester, mapper, clock, maxRecords });
  if (entry.type === 'csv')
    return createCsvReader({ id, settings: entry.entry, folder, stateFolder, requester, mapper, clock });
  // A feed has an address.
  return createRssReader({ id, settings: entry.entry, requester: requester!, mapper, clock });
}
