import { join } from 'node:path';
import { UsageError } from '../../errors.ts';
import { HOUR_MS } from '../../lib/time.ts';
import type * as z from '../../lib/zod.ts';
import type { SourceDefinition, SourceTools } from '../definition.ts';
import type { SourceKind } from '../kind.ts';
import type { Source } from '../source.ts';
import { type ApiEntry, apiEntry } from './api/settings.ts';
import { type CsvEntry, csvEntry } from './csv/settings.ts';
import type { ItemEntry, ItemTools, OpenedReader } from './open-reader.ts';
import { type RssEntry, rssEntry } from './rss/settings.ts';
import { resolveReferences } from './secrets.ts';

/** Feeds and APIs ask not to be read more often; no user waits for a file. */
const EVERY_MS = HOUR_MS;

/** A REST API. */
export const api: SourceKind<ApiEntry> = defineKind('api', apiEntry, (entry) => ({ type: 'api', entry }));

/** CSV files. */
export const csv: SourceKind<CsvEntry> = defineKind('csv', csvEntry, (entry) => ({ type: 'csv', entry }));

/** An RSS, Atom, RDF or JSON feed. */
export const rss: SourceKind<RssEntry> = defineKind('rss', rssEntry, (entry) => ({ type: 'rss', entry }));

function defineKind<Entry>(
  type: ItemEntry['type'],
  schema: z.ZodType<Entry>,
  label: (entry: Entry) => ItemEntry,
): SourceKind<Entry> {
  return {
    type,
    entry: () => schema,
    every: EVERY_MS,
    resolve: resolveReferences,
    define: (id, entry, place, written) => defineItems({ id, entry: label(entry), ...place, written }),
  };
}

type Defined = Omit<ItemTools, 'stateFolder' | 'tools'>;

function defineItems(defined: Defined): SourceDefinition {
  const { id } = defined;
  return {
    id,
    catalogue: [],
    datasets: () => [],
    open: (_, tools) => openItems(defined, tools),
  };
}

function openItems(defined: Defined, tools: SourceTools): Source {
  const { id } = defined;
  const stateFolder = join(tools.stateDir, 'sources', id);
  let opened: OpenedReader | undefined;
  return {
    id,
    now: () => tools.clock.now(),
    requests: () => opened?.requests() ?? 0,
    read: () => {
      throw new UsageError(`${id} has no datasets: its records become items`, {
        op: 'read',
        hint: `trestle-etl sync ${id}`,
      });
    },
    items: {
      type: defined.entry.type,
      load: async () => {
        const { openReader } = await import('./open-reader.ts');
        opened ??= openReader({ ...defined, stateFolder, tools });
        return opened.reader;
      },
    },
  };
}
