import type { Config } from '../config/config.ts';
import type { Additions } from '../dataset/addition.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { UsageError } from '../errors.ts';
import { readCapacity } from '../host/capacity.ts';
import { clock } from '../host/clock.ts';
import type { Log } from '../model/log.ts';
import type { Progress } from '../model/progress.ts';
import type { Meter } from '../model/usage.ts';
import type { ReadingSettings, SourceDefinition } from '../sources/definition.ts';
import { registry } from '../sources/registry.ts';
import type { Source } from '../sources/source.ts';

/** The configured sources: those of the environment, then those of SOURCES_FILE. */
export function definitionsOf({ sources, added }: Config): readonly SourceDefinition[] {
  return [...registry.filter(({ id }) => Object.hasOwn(sources, id)), ...added];
}

/** The default source of commands: the first one. */
export function defaultSource(config: Config): SourceDefinition {
  return definitionsOf(config)[0] ?? registry[0];
}

/** Finds the definition of a configured source. @throws UsageError for an unknown name. */
export function findDefinition(id: string, config: Config): SourceDefinition {
  const definitions = definitionsOf(config);
  const found = definitions.find((definition) => definition.id === id);
  if (found !== undefined) return found;
  throw new UsageError(`unknown source ${id}`, {
    op: 'read arguments',
    hint: `the sources are ${definitions.map((definition) => definition.id).join(', ')}`,
  });
}

/** The configured datasets of a source, parents first, with the user's own columns. */
export function datasetsOf(
  definition: SourceDefinition,
  config: Config,
  additions: Additions,
): readonly Dataset[] {
  const { keepPayload, isStrict, sources } = config;
  const datasets = definition.datasets(sources[definition.id], { additions, keepPayload });
  return isStrict ? datasets.map((dataset) => ({ ...dataset, isStrict })) : datasets;
}

const DEFAULT_READING: ReadingSettings = {
  pageSize: 1000,
  filters: {},
  childStrategy: 'resource',
  reservePercent: 0,
  maxWait: Infinity,
};

export function readingOf(definition: SourceDefinition, { sources }: Config): ReadingSettings {
  return definition.reading?.(sources[definition.id]) ?? DEFAULT_READING;
}

export type SourceOptions = {
  readonly config: Config;
  readonly logs: Log;
  readonly meter: Meter;
  readonly onSecret: (secret: string) => void;
  /** For a user who waits: no request is retried, and nothing waits for the quota. */
  readonly isInteractive?: boolean;
  readonly onProgress?: Progress['showBytes'];
  /** Maximum records per batch. */
  readonly maxRecords?: number;
};

/** Opens a source, without a connection. */
export function openSource(
  { config, logs, meter, onSecret, isInteractive = false, ...limit }: SourceOptions,
  definition: SourceDefinition = defaultSource(config),
): Source {
  return definition.open(config.sources[definition.id], {
    stateDir: config.stateDir,
    proxies: config.proxies,
    clock,
    random: Math.random,
    log: logs,
    meter: { begin: (kind, resource) => meter.begin(kind, resource, definition.id) },
    onSecret,
    isInteractive,
    freeBytes: (path) => readCapacity([path]).disks[0]?.free,
    minFreeBytes: config.minFree.disk,
    ...limit,
  });
}
