import type { SourceTools } from '../definition.ts';
import type { ItemReader } from '../items.ts';
import type { ApiEntry } from './api/settings.ts';
import type { CsvEntry } from './csv/settings.ts';
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
export function openReader({ id }: ItemTools): OpenedReader {
  throw new Error(`${id} cannot be read yet`);
}
