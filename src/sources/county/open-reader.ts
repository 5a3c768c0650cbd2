import { readFileSync } from 'node:fs';
import { ConfigError } from '../../errors.ts';
import { createDownloader } from '../../http/download/index.ts';
import { HOUR_MS, MINUTE_MS } from '../../lib/time.ts';
import { parseYaml } from '../../lib/yaml.ts';
import type { SourceTools } from '../definition.ts';
import type { ReleaseReader } from '../release.ts';
import { builtInLayout } from './layouts/index.ts';
import type { Layout } from './layouts/layout.ts';
import { readLayout } from './layouts/read-layout.ts';
import { createCountyReader } from './reader.ts';
import type { CountyEntry } from './settings.ts';

export type CountyTools = {
  readonly id: string;
  readonly entry: CountyEntry;
  /** The layout's file; undefined: it is built in. */
  readonly layoutFile: string | undefined;
  /** For copies of archives. */
  readonly folder: string;
  readonly tools: SourceTools;
};

/** Opens the reader of a county. @throws ConfigError if the layout or the selection of tables is wrong. */
export function openCountyReader({ id, entry, layoutFile, folder, tools }: CountyTools): ReleaseReader & {
  /** Requests sent so far. */
  readonly requests: () => number;
} {
  const { clock, log } = tools;
  const downloader = createDownloader({
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
  const reader = createCountyReader({
    id,
    entry,
    layout: layoutFile === undefined ? builtInLayout(entry.layout)! : readLayoutFile(layoutFile),
    folder,
    downloader,
    now: () => clock.now(),
    onUnknownColumns: (file, columns) =>
      log.quality.warn({ source: id, file, columns }, 'columns that the layout does not have were left out'),
  });
  return { ...reader, requests: () => downloader.requests() };
}

/** @throws ConfigError if the file cannot be read or has problems. */
function readLayoutFile(path: string): Layout {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`the layout ${path} cannot be read: ${(cause as Error).message}`, {
      op: 'read sources',
      cause,
      hint: 'docs/county-files.md has an example of a layout file',
    });
  }
  const { value, problems } = parseYaml(text);
  if (problems.length > 0) {
    throw new ConfigError(`${path} ${problems.join('; ')}`, { op: 'read sources', hint: 'correct the file' });
  }
  return readLayout(value, path);
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
