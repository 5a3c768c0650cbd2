import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { fieldsOf, NOWHERE, openSource, secretsOf } from './context.ts';
import { registry } from '../sources/registry.ts';
import { known } from '../sources/trestle/index.ts';
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
  /** Asks once, for one record, and waits for nothing. */
  readonly source: Source;
  /** The other sources, with their datasets. */
  readonly others: readonly { readonly source: Source; readonly datasets: readonly Dataset[] }[];
};

/** Everything that `doctor` looks at; nothing is contacted yet, and nothing written. */
export type Checkup = {
  readonly place: Place;
  /** The file that is meant. */
  readonly file: string;
  /** What it holds, or why it can't be read. */
  readonly reading: Reading | ConfigError;
  /** Undefined where the configuration is not good. */
  readonly parts: Parts | undefined;
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
  lock(stateDir: string): LockLook;
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
  const parts = config === undefined ? undefined : openParts(config, redact.hide);
  return {
    place,
    file: fileOf(place),
    reading,
    parts,
    version: process.versions.node,
    clock,
    host: {
      folder: lookAtFolder,
      lock: (stateDir) => lookAtLock(stateDir, clock.now()),
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
    return readConfig(known, place, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

function openParts(config: Config, onToken: (token: string) => void): Parts {
  // Root's token would be of no use to the user that runs trestle-etl.
  const isOurs = existsSync(config.stateDir) && !isForeign(config.stateDir);
  const dir = isOurs ? config.stateDir : NOWHERE;
  const logs = noLogs();
  const meter = openMeter({ dir, host: hostname(), clock, log: logs.main });
  const additions = readAdditions(config);
  const single = { ...config, api: { ...config.api, pageSize: 1 }, stateDir: dir };
  const opening = { config: single, logs, meter, onSecret: onToken, isInteractive: true };
  return {
    config,
    additions,
    catalogue: registry[0].catalogue,
    resources: registry[0].datasets(config, additions instanceof ConfigError ? {} : additions),
    database: openDatabase(config.mysql),
    source: openSource(opening),
    others: registry.slice(1).map((definition) => ({
      source: openSource(opening, definition),
      datasets: definition.datasets(config, {}),
    })),
  };
}
