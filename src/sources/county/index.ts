import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError, UsageError } from '../../errors.ts';
import type { Downloader, DownloaderOptions } from '../../http/download/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lib/time.ts';
import { parseYaml } from '../../lib/yaml.ts';
import type { SourceDefinition, SourceTools } from '../definition.ts';
import type { SourceKind } from '../kind.ts';
import type { Source } from '../source.ts';
import { builtInLayout, LAYOUT_NAMES } from './layouts/index.ts';
import type { Layout } from './layouts/layout.ts';
import { readLayout } from './layouts/read-layout.ts';
import { createCountyReader } from './reader.ts';
import { type CountyEntry, countyEntry } from './settings.ts';

/** Appraisal districts publish files once a week at most. */
const EVERY_MS = 7 * DAY_MS;

/** The files of an appraisal district: archives that are read whole and published at once. */
export const county: SourceKind<CountyEntry> = {
  type: 'county',
  entry: () => countyEntry,
  every: EVERY_MS,
  define: (id, entry, folder) => defineCounty(id, entry, findLayout(entry.layout, folder)),
};

function defineCounty(id: string, entry: CountyEntry, layout: Layout): SourceDefinition {
  return {
    id,
    catalogue: [],
    datasets: () => [],
    open: (_, tools) => openCounty(id, entry, layout, tools),
  };
}

function openCounty(id: string, entry: CountyEntry, layout: Layout, tools: SourceTools): Source {
  const { clock, log } = tools;
  const folder = join(tools.stateDir, 'sources', id);
  const downloader = deferDownloader({
    proxies: tools.proxies,
    clock,
    random: tools.random,
    log: log.main,
    meter: tools.meter,
    idleTimeout: MINUTE_MS,
    maxRetries: tools.isInteractive ? 0 : 6,
    deadline: tools.isInteractive ? 0 : HOUR_MS,
    maxParallel: entry.parallel,
    bytesPerSecond: entry.bandwidth,
    freeBytes: () => tools.freeBytes?.(tools.stateDir),
    minFree: tools.minFreeBytes ?? 0,
    onProgress: sumProgress(id, tools.onProgress),
    hint: `check the network of this machine, and url of ${id} in sources.yaml`,
  });
  return {
    id,
    now: () => clock.now(),
    requests: () => downloader.requests(),
    read: () => {
      throw new UsageError(`${id} has no records of their own: it is read whole`, {
        op: 'read',
        hint: `trestle-etl sync ${id}`,
      });
    },
    release: createCountyReader({
      id,
      entry,
      layout,
      folder,
      downloader,
      now: () => clock.now(),
      onUnknownColumns: (file, columns) =>
        log.quality.warn(
          { source: id, file, columns },
          'columns that the layout does not have were left out',
        ),
    }),
  };
}

/** Creates a downloader that loads its code with the first request: other commands start without it. */
function deferDownloader(options: DownloaderOptions): Downloader {
  let opened: Downloader | undefined;
  const open = async (): Promise<Downloader> => {
    const { createDownloader } = await import('../../http/download/index.ts');
    opened ??= createDownloader(options);
    return opened;
  };
  return {
    download: async (request, signal) => (await open()).download(request, signal),
    look: async (request, signal) => (await open()).look(request, signal),
    requests: () => opened?.requests() ?? 0,
  };
}

/** Downloads run beside each other: they are shown as one. */
function sumProgress(id: string, show: SourceTools['onProgress'] = () => undefined) {
  const files = new Map<string, { readonly got: number; readonly total: number | undefined }>();
  return (label: string, got: number, total: number | undefined): void => {
    files.set(label, { got, total });
    const all = [...files.values()];
    const sum = all.reduce((bytes, each) => bytes + each.got, 0);
    const whole = all.reduce<number | undefined>(
      (bytes, each) => (bytes === undefined || each.total === undefined ? undefined : bytes + each.total),
      0,
    );
    show(`${id}: download`, sum, whole);
  };
}

/** @throws ConfigError if there is no such layout, or the file has problems. */
function findLayout(name: string, folder: string): Layout {
  const builtIn = builtInLayout(name);
  if (builtIn !== undefined) return builtIn;
  const path = resolve(folder, name);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(
      `layout is "${name}": it is neither one of ${LAYOUT_NAMES.join(', ')} nor a file that can be read (${(cause as Error).message})`,
      { op: 'read sources', cause, hint: 'docs/county-files.md has an example of a layout file' },
    );
  }
  const { value, problems } = parseYaml(text);
  if (problems.length > 0) {
    throw new ConfigError(`${path} ${problems.join('; ')}`, { op: 'read sources', hint: 'correct the file' });
  }
  return readLayout(value, path);
}
