import { ConfigError } from '../../errors.ts';
import type { SourceTools } from '../definition.ts';
import type { ItemReader, Mapper } from '../items.ts';
import { createApiReader } from './api/reader.ts';
import type { ApiEntry } from './api/settings.ts';
import { createRequester } from './create-requester.ts';
import type { CsvEntry } from './csv/settings.ts';
import { compileMapper } from './map/compile.ts';
import type { Requester } from './requester.ts';
import type { RssEntry } from './rss/settings.ts';

/** An entry of sources.yaml. */
export type ItemEntry =
  | { readonly type: 'api'; readonly entry: ApiEntry }
  | { readonly type: 'csv'; readonly entry: CsvEntry }
  | { readonly type: 'rss'; readonly entry: RssEntry };

export type ItemTools = {
  readonly id: string;
  readonly entry: ItemEntry;
  /** The folder of sources.yaml. */
  readonly folder: string;
  /** The source's own folder in STATE_DIR; it need not exist. */
  readonly stateFolder: string;
  readonly tools: SourceTools;
};

export type OpenedReader = { readonly reader: ItemReader; readonly requests: () => number };

/** Opens the reader of a source. @throws ConfigError if the mapping is wrong. */
export function openReader(options: ItemTools): OpenedReader {
  const requester = openRequester(options);
  return { reader: createReader(options, requester), requests: () => requester?.requests() ?? 0 };
}

/** @returns undefined for files of this machine. */
function openRequester({ id, entry: { entry }, stateFolder, tools }: ItemTools): Requester | undefined {
  const { url, headers, auth } = entry;
  return url === undefined
    ? undefined
    : createRequester({ id, url, headers, auth }, { ...tools, stateFolder });
}

function createReader(options: ItemTools, requester: Requester | undefined): ItemReader {
  const { id, entry, folder, tools } = options;
  const { clock, maxRecords } = tools;
  if (entry.type === 'api') {
    const { entry: settings } = entry;
    const mapper: Mapper = compileMapper(settings.item, { empty: settings.empty });
    return createApiReader({ id, settings, folder, requester, mapper, clock, maxRecords });
  }
  throw new ConfigError(`${id} has the type ${entry.type}, which cannot be read yet`, {
    op: 'read sources',
    hint: 'remove it from sources.yaml',
  });
}
