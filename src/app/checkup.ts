import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { openFieldsFile, NOWHERE } from './context.ts';
import { openMediaStore } from './media-store.ts';
import { secretsOf } from './secrets.ts';
import { datasetsOf, defaultSource, definitionsOf, openSource } from './sources.ts';
import { kinds, registry } from '../sources/registry.ts';
import { type DatabaseAddress, listAddresses } from '../db/address.ts';
import { type Database, openDatabase } from '../db/pool.ts';
import { readServerFacts, type ServerFacts } from '../db/server-facts.ts';
import { formatHost } from '../lib/host-list.ts';
import { clock } from '../host/clock.ts';
import { type Config, readConfig, type ConfigReading } from '../config/config.ts';
import { envFilePath, type ConfigConflict, findConflicts } from '../config/env-file.ts';
import type { ConfigLocation } from '../config/location.ts';
import { type LockStatus, inspectLock } from '../host/lock.ts';
import { noLogs } from '../log/log.ts';
import {
  type FolderKind,
  type FolderState,
  inspectFolder,
  isReadableByOthers,
  readSchedules,
  type Schedule,
} from '../host/inspect.ts';
import { loadSharp } from '../media/renditions/load-sharp.ts';
import type { MediaStore } from '../media/store.ts';
import { openMeter } from '../host/meter.ts';
import { createRedactor } from '../log/redact.ts';
import { ConfigError } from '../errors.ts';
import type { Check, CheckTools } from '../sources/check.ts';
import type { Coverage } from '../sources/coverage.ts';
import type { SourceDefinition } from '../sources/definition.ts';
import type { Source } from '../sources/source.ts';
import { belongsToAnotherUser } from '../host/folder.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Environment } from '../model/io.ts';
import type { Clock } from '../model/clock.ts';
import type { Additions } from '../dataset/addition.ts';

export type { ConfigChoice } from '../config/location.ts';
export type { Schedule } from '../host/inspect.ts';

/** The parts that need a valid configuration. */
export type Parts = {
  readonly config: Config;
  /** Parents first. */
  readonly resources: readonly Dataset[];
  /** All datasets of the source, configured or not. */
  readonly catalogue: readonly Dataset[];
  /** The user's own columns, or the error in the file that defines them. */
  readonly additions: Additions | ConfigError;
  readonly database: Database;
  /** The server of each host of MYSQL_HOST, in its order. */
  readonly servers: readonly DatabaseServer[];
};

/** The server of one host. */
export type DatabaseServer = {
  /** The host as MYSQL_HOST names it, or the socket. */
  readonly name: string;
  /** Connects to this server only. @throws EtlError if it cannot be reached. */
  readFacts(): Promise<ServerFacts>;
};

/** A source, as `doctor` examines it. */
export type ExaminedSource = {
  readonly id: string;
  /** Milliseconds between two runs that `sync` starts; undefined: with every `sync`. */
  readonly every?: number | undefined;
  /** Configured, parents first; none if the configuration is invalid. */
  readonly datasets: readonly Dataset[];
  /** Opened for interactive use, with batches of one record; undefined if the configuration is invalid. */
  readonly source: Source | undefined;
  /**
   * The source's own checks; undefined if it has none.
   * @param cover limits a dataset to the fields that a run would read now.
   */
  readonly checks: ((cover: Cover) => readonly Check[]) | undefined;
};

export type Cover = (source: Source, dataset: Dataset) => Promise<Coverage>;

/** Everything that `doctor` examines. Opening it sends no requests and writes nothing. */
export type Checkup = {
  readonly place: ConfigLocation;
  /** The path of the configuration file. */
  readonly file: string;
  /** Its content, or why it is invalid. */
  readonly reading: ConfigReading | ConfigError;
  /** Undefined if the configuration is invalid. */
  readonly parts: Parts | undefined;
  /** Those that are configured; the registry's if the configuration is invalid. */
  readonly sources: readonly ExaminedSource[];
  /** The version of Node.js. */
  readonly version: string;
  readonly clock: Clock;
  /** Opens MEDIA_STORE of a valid configuration. @throws ConfigError, CredentialsError */
  openMediaStore(config: Config): MediaStore;
  /** Loads what makes smaller versions of photos. @throws ConfigError if it is not installed. */
  loadRenditions(): Promise<void>;
  readonly host: Host;
  /** Removes secrets from text. */
  readonly clean: (text: string) => string;
  close(): Promise<void>;
};

/** Reads facts about this machine. */
export type Host = {
  folder(path: string, kind: FolderKind): FolderState;
  lock(stateDir: string, source: string): LockStatus;
  /** Whether other users may read a file. */
  isReadableByOthers(file: string): boolean;
  /** Finds configurations in the same folder that share a database, folder or file with this one. */
  findConflicts(file: string, config: Config): readonly ConfigConflict[];
  schedules(): Promise<readonly Schedule[]>;
};

/** Opens a checkup. An invalid configuration is returned in `reading`, not thrown. */
export function openCheckup(place: ConfigLocation, env: Environment): Checkup {
  const reading = tryRead(place, env);
  const config = reading instanceof ConfigError ? undefined : reading.config;
  const redact = createRedactor(config === undefined ? [] : secretsOf(config));
  const parts = config === undefined ? undefined : openParts(config);
  const open = config === undefined ? undefined : createSourceOpener(config, redact.hide);
  return {
    place,
    file: envFilePath(place),
    reading,
    parts,
    sources: (config === undefined ? registry : definitionsOf(config)).map((definition) =>
      examine(definition, parts, open),
    ),
    version: process.versions.node,
    clock,
    openMediaStore: (valid) => openMediaStore(valid, env, noLogs().main),
    loadRenditions: async () => void (await loadSharp()),
    host: {
      folder: inspectFolder,
      lock: (stateDir, source) => inspectLock(stateDir, clock.now(), source),
      isReadableByOthers,
      findConflicts: (file, { mysql, stateDir, log, metricsFile }) =>
        findConflicts(file, { ...mysql, stateDir, logDir: log.dir, metricsFile }),
      schedules: () => readSchedules(env),
    },
    clean: redact.clean,
    // A failure to close does not affect the results.
    close: async () => parts?.database.close().catch(() => undefined),
  };
}

function readAdditions(config: Config): Additions | ConfigError {
  try {
    return openFieldsFile(config).read();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

function tryRead(place: ConfigLocation, env: Environment): ConfigReading | ConfigError {
  try {
    return readConfig(registry, place, env, kinds);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

function openParts(config: Config): Parts {
  const additions = readAdditions(config);
  const first = defaultSource(config);
  return {
    config,
    additions,
    catalogue: first.catalogue,
    resources: datasetsOf(first, config, additionsOf(additions)),
    database: openDatabase(config.mysql),
    servers: listAddresses(config.mysql).map((address) => ({
      name: address.socket ?? formatHost(address),
      readFacts: () => readFacts(address),
    })),
  };
}

async function readFacts(address: DatabaseAddress): Promise<ServerFacts> {
  const database = openDatabase(address);
  try {
    return await readServerFacts(database);
  } finally {
    // A failure to close does not affect the result.
    await database.close().catch(() => undefined);
  }
}

/** Empty if the file is invalid: `doctor` reports that separately. */
function additionsOf(additions: Additions | ConfigError): Additions {
  return additions instanceof ConfigError ? {} : additions;
}

type OpenDefinition = (definition: SourceDefinition) => Source;

function createSourceOpener(config: Config, onSecret: (secret: string) => void): OpenDefinition {
  // If root stored a token, the user that runs trestle-etl could not read it.
  const isOurs = existsSync(config.stateDir) && !belongsToAnotherUser(config.stateDir);
  const dir = isOurs ? config.stateDir : NOWHERE;
  const logs = noLogs();
  const meter = openMeter({ dir, host: hostname(), clock, log: logs.main });
  const options = { config: { ...config, stateDir: dir }, logs, meter, onSecret };
  return (definition) => openSource({ ...options, isInteractive: true, maxRecords: 1 }, definition);
}

function examine(
  definition: SourceDefinition,
  parts: Parts | undefined,
  open: OpenDefinition | undefined,
): ExaminedSource {
  const source = open?.(definition);
  const datasets =
    parts === undefined ? [] : datasetsOf(definition, parts.config, additionsOf(parts.additions));
  const createTools = (cover: Cover): CheckTools<unknown> => {
    if (parts === undefined || source === undefined)
      throw new TypeError('a check that needs a valid configuration ran without one');
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
    every: definition.every,
    datasets,
    source,
    checks: checks === undefined ? undefined : (cover) => checks(datasets, () => createTools(cover)),
  };
}
