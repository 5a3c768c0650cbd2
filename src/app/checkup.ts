import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { fieldsOf, NOWHERE, secretsOf } from './context.ts';
import { datasetsOf, FIRST, openSource } from './sources.ts';
import { registry } from '../sources/registry.ts';
import { type Database, openDatabase } from '../db/pool.ts';
import { clock } from '../host/clock.ts';
import { type Config, readConfig, type Reading } from '../config/config.ts';
import { fileOf, type Neighbour, neighbours } from '../config/env-file.ts';
import type { Place } from '../config/place.ts';
import { type LockLook, lookAtLock } from '../host/lock.ts';
import { noLogs } from '../log/log.ts';
import {
  type FolderKind,
  type FolderLook,
  lookAtFolder,
  othersMayRead,
  readSchedules,
  type Schedule,
} from '../host/inspect.ts';
import { openMeter } from '../host/meter.ts';
import { redactor } from '../log/redact.ts';
import { ConfigError } from '../errors.ts';
import type { Check, CheckTools } from '../sources/check.ts';
import type { Coverage } from '../sources/coverage.ts';
import type { SourceDefinition } from '../sources/definition.ts';
import type { Source } from '../sources/source.ts';
import { isForeign } from '../host/folder.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Environment } from '../model/io.ts';
import type { Clock } from '../model/clock.ts';
import type { Additions } from '../dataset/addition.ts';

export type { Choice, Place } from '../config/place.ts';
export type { Schedule } from '../host/inspect.ts';

/** What a configuration that is good leads to. */
export type Parts = {
  readonly config: Config;
  /** Parents first. */
  readonly resources: readonly Dataset[];
  /** All datasets that the source can have. */
  readonly catalogue: readonly Dataset[];
  /** The user's own columns, or what is wrong with the file that names them. */
  readonly additions: Additions | ConfigError;
  readonly database: Database;
};

/** A source of the registry, as `doctor` examines it. */
export type ExaminedSource = {
  readonly id: string;
  /** Configured, parents first; none if the configuration is wrong. */
  readonly datasets: readonly Dataset[];
  /** Opened for a person who waits, with batches of one record; undefined if the configuration is wrong. */
  readonly source: Source | undefined;
  /**
   * The source's own checks; undefined if it brings none.
   * @param cover limits a dataset to what a run would read of it now.
   */
  readonly checks: ((cover: Cover) => readonly Check[]) | undefined;
};

export type Cover = (source: Source, dataset: Dataset) => Promise<Coverage>;

/** Everything that `doctor` looks at; nothing is contacted yet, and nothing written. */
export type Checkup = {
  readonly place: Place;
  /** The file that is meant. */
  readonly file: string;
  /** What it holds, or why it can't be read. */
  readonly reading: Reading | ConfigError;
  /** Undefined where the configuration is not good. */
  readonly parts: Parts | undefined;
  /** In the order of the registry. */
  readonly sources: readonly ExaminedSource[];
  /** Node's. */
  readonly version: string;
  readonly clock: Clock;
  readonly host: Host;
  /** Takes secrets out of a text. */
  readonly clean: (text: string) => string;
  close(): Promise<void>;
};

/** What this machine says of itself. */
export type Host = {
  folder(path: string, kind: FolderKind): FolderLook;
  lock(stateDir: string, source: string): LockLook;
  /** Whether others than its owner may read a file. */
  isOpen(file: string): boolean;
  /** Configurations beside this file that have something of its for theirs. */
  neighbours(file: string, config: Config): readonly Neighbour[];
  schedules(): Promise<readonly Schedule[]>;
};

/** A configuration that is wrong is told by `reading`, not thrown. */
export function openCheckup(place: Place, env: Environment): Checkup {
  const reading = tryRead(place, env);
  const config = reading instanceof ConfigError ? undefined : reading.config;
  const redact = redactor(config === undefined ? [] : secretsOf(config));
  const parts = config === undefined ? undefined : openParts(config);
  const open = config === undefined ? undefined : sourceOpener(config, redact.hide);
  return {
    place,
    file: fileOf(place),
    reading,
    parts,
    sources: registry.map((definition) => examined(definition, parts, open)),
    version: process.versions.node,
    clock,
    host: {
      folder: lookAtFolder,
      lock: (stateDir, source) => lookAtLock(stateDir, clock.now(), source),
      isOpen: othersMayRead,
      neighbours: (file, { mysql, stateDir, log, metricsFile }) =>
        neighbours(file, { ...mysql, stateDir, logDir: log.dir, metricsFile }),
      schedules: () => readSchedules(env),
    },
    clean: redact.clean,
    // A connection that breaks while it is closed changes no result.
    close: async () => parts?.database.close().catch(() => undefined),
  };
}

function readAdditions(config: Config): Additions | ConfigError {
  try {
    return fieldsOf(config).read();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

function tryRead(place: Place, env: Environment): Reading | ConfigError {
  try {
    return readConfig(registry, place, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

function openParts(config: Config): Parts {
  const additions = readAdditions(config);
  return {
    config,
    additions,
    catalogue: FIRST.catalogue,
    resources: datasetsOf(FIRST, config, additionsOf(additions)),
    database: openDatabase(config.mysql),
  };
}

/** None if their file is wrong: `doctor` reports that by itself. */
function additionsOf(additions: Additions | ConfigError): Additions {
  return additions instanceof ConfigError ? {} : additions;
}

type OpenDefinition = (definition: SourceDefinition) => Source;

function sourceOpener(config: Config, onSecret: (secret: string) => void): OpenDefinition {
  // Root's token would be of no use to the user that runs trestle-etl.
  const isOurs = existsSync(config.stateDir) && !isForeign(config.stateDir);
  const dir = isOurs ? config.stateDir : NOWHERE;
  const logs = noLogs();
  const meter = openMeter({ dir, host: hostname(), clock, log: logs.main });
  const opening = { config: { ...config, stateDir: dir }, logs, meter, onSecret };
  return (definition) => openSource({ ...opening, isInteractive: true, maxRecords: 1 }, definition);
}

function examined(
  definition: SourceDefinition,
  parts: Parts | undefined,
  open: OpenDefinition | undefined,
): ExaminedSource {
  const source = open?.(definition);
  const datasets =
    parts === undefined ? [] : datasetsOf(definition, parts.config, additionsOf(parts.additions));
  const toolsOf = (cover: Cover): CheckTools<unknown> => {
    if (parts === undefined || source === undefined)
      throw new TypeError('a check that needs a good configuration runs without one');
    return {
      settings: parts.config.sources[definition.id],
      source,
      cover: (dataset) => cover(source, dataset),
      proxies: parts.config.proxies,
      clock,
      quotaPercent: parts.config.alerts.quotaPercent,
    };
  };
  const { checks } = definition;
  return {
    id: definition.id,
    datasets,
    source,
    checks: checks === undefined ? undefined : (cover) => checks(datasets, () => toolsOf(cover)),
  };
}
