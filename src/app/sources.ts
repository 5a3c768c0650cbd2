import type { Config } from '../config/config.ts';
import type { Additions } from '../dataset/addition.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { UsageError } from '../errors.ts';
import { clock } from '../host/clock.ts';
import type { Log } from '../model/log.ts';
import type { Meter } from '../model/usage.ts';
import type { ReadingSettings, SourceDefinition } from '../sources/definition.ts';
import { registry } from '../sources/registry.ts';
import type { Source } from '../sources/source.ts';

/** The source that a command means if it names none. */
export const FIRST = registry[0];

/** The definition of a source. @throws UsageError for a name that the registry does not have. */
export function findDefinition(id: string): SourceDefinition {
  const found = registry.find((definition) => definition.id === id);
  if (found !== undefined) return found;
  throw new UsageError(`there is no source ${id}`, {
    op: 'read arguments',
    hint: `there are ${registry.map((definition) => definition.id).join(', ')}`,
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

const READING: ReadingSettings = { pageSize: 1000, filters: {}, reservePercent: 0, maxWait: Infinity };

export function readingOf(definition: SourceDefinition, { sources }: Config): ReadingSettings {
  return definition.reading?.(sources[definition.id]) ?? READING;
}

export type OpenOptions = {
  readonly config: Config;
  readonly logs: Log;
  readonly meter: Meter;
  readonly onSecret: (secret: string) => void;
  /** For a person who waits: no request is sent again, and no quota waited for. */
  readonly isInteractive?: boolean;
  /** Records a batch at most. */
  readonly maxRecords?: number;
};

/** Contacts nothing yet. */
export function openSource(
  { config, logs, meter, onSecret, isInteractive = false, ...limit }: OpenOptions,
  definition: SourceDefinition = FIRST,
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
    ...limit,
  });
}
