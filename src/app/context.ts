import { devNull, hostname } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../db/pool.ts';
import { secretsIn } from '../notify/alert/address.ts';
import { type Alerts, createAlerts } from '../notify/alert/index.ts';
import { clock } from '../host/clock.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { fileOf } from '../config/env-file.ts';
import { flagOf, type Place } from '../config/place.ts';
import { type FieldsFile, fieldsFile } from '../config/fields-file.ts';
import { createHeartbeat, type Heartbeat } from '../notify/heartbeat.ts';
import { takeLock } from '../host/lock.ts';
import { type Logs, noLogs, openLogs } from '../log/log.ts';
import { openMeter } from '../host/meter.ts';
import { progressOn } from '../host/progress.ts';
import { type Redactor, redactor } from '../log/redact.ts';
import { roomOf } from '../host/capacity.ts';
import { listenForStop } from '../host/signals.ts';
import { ConfigError, UsageError } from '../errors.ts';
import { registry } from '../sources/registry.ts';
import type { Source } from '../sources/source.ts';
import { known, STATE_FILES } from '../sources/trestle/index.ts';
import { asCalled } from '../lib/called.ts';
import { isForeign, remedy, tryFolder } from '../host/folder.ts';
import { listProxySecrets } from '../http/proxy.ts';
import { narrowRights, type Narrowed, privateFolder } from '../host/private-file.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Meter } from '../model/usage.ts';
import type { Additions } from '../dataset/addition.ts';
import { problemsWith } from '../dataset/additions.ts';
import type { RunTools } from '../run/active.ts';
import { settleCalls } from '../run/metering.ts';
import { version } from './version.ts';

/** What STATE_DIR keeps from run to run. */
const [ALERTS, FIELDS] = ['alerts.json', 'resources.json'];

/** A path that nothing can be written to. */
export const NOWHERE = devNull;

/** Where the log itself goes to the terminal, no progress is drawn over it. */
const NO_TERMINAL = { write: () => undefined };

/** Everything a command may need, built from the configuration. */
export type Context = {
  readonly config: Config;
  /** Those of RESOURCES, parents first, with the user's INCREMENTAL_FIELD and own columns. */
  readonly resources: readonly Dataset[];
  /** What the user's own columns are kept in. */
  readonly fields: FieldsFile;
  readonly database: Database;
  readonly logs: Logs;
  readonly tools: RunTools;
  /** Another source, with its datasets. @throws UsageError for a name that is none. */
  readonly sourceNamed: (id: string) => Pick<Context, 'tools' | 'resources'>;
  /** The configured datasets of all sources. */
  readonly allResources: readonly Dataset[];
  /** The same feed, for somebody who waits for the answer: it waits for no quota, and leaves nothing to others. */
  readonly hasty: () => Source;
  readonly alerts: Alerts;
  readonly heartbeat: Heartbeat;
  close(): Promise<void>;
};

/** How a context is opened. */
export type Opening = {
  /** The names of the tool's commands, for texts that name them. */
  readonly commands: readonly string[];
  /**
   * `look`: for a command that writes nothing. It does without logs and state if they belong to another user, or cannot be
   * written.
   */
  readonly access: 'look' | 'write';
};

/**
 * The composition root: the only place that knows how the parts fit together. Nothing is contacted yet.
 * @throws ConfigError
 */
export async function openContext(place: Place, { commands, access }: Opening): Promise<Context> {
  const onlyLooks = access === 'look';
  const loaded = loadConfig(known, place);
  // Root may write everywhere, but what it leaves could not be written to by the user that runs trestle-etl.
  const isGuest = onlyLooks && [loaded.stateDir, loaded.log.dir].some(isForeign);
  const config = isGuest ? { ...loaded, stateDir: NOWHERE } : loaded;
  const fields = fieldsOf(loaded);
  const additions = fields.read();
  const redact = redactor(secretsOf(config));
  const logs = isGuest
    ? noLogs()
    : await openFiles(config, redact).catch((error: unknown) => {
        if (onlyLooks) return noLogs();
        throw error;
      });
  const database = openDatabase(config.mysql);
  const stop = listenForStop();
  const meter = openMeter({ dir: config.stateDir, host: hostname(), clock, log: logs.main });
  const opening = { config, logs, meter, onSecret: redact.hide };
  const tools: RunTools = {
    database,
    source: openSource(opening),
    log: logs,
    clock,
    random: Math.random,
    progress: progressOn(config.log.format === undefined ? process.stderr : NO_TERMINAL, clock),
    signal: stop.signal,
    lock: () => takeLock(config.stateDir, logs.main),
    setRun: (id) => {
      logs.setRun(id);
      meter.setRun(id);
    },
    meter,
    catalogue: FIRST.catalogue,
    hasNewFields: () => JSON.stringify(fields.read()) !== JSON.stringify(additions),
    clean: redact.clean,
    room: () => roomOf([config.stateDir, config.log.dir]),
    host: hostname(),
    version,
    settings: {
      batchSize: config.batchSize,
      keepPayload: config.keepPayload,
      keepHistory: config.keepHistory,
      pageSize: config.api.pageSize,
      overlap: config.overlap,
      schemaAge: config.schemaAge,
      filters: config.filters,
      least: config.least,
    },
  };
  return {
    config,
    resources: FIRST.datasets(config, additions),
    fields,
    database,
    logs,
    tools,
    sourceNamed: (id) => {
      const definition = definitionOf(id);
      const source = openSource(opening, definition);
      const lock = () => takeLock(config.stateDir, logs.main, id);
      return {
        tools: { ...tools, source, lock, catalogue: definition.catalogue },
        resources: definition.datasets(config, additions),
      };
    },
    allResources: registry.flatMap((definition) => [...definition.datasets(config, additions)]),
    hasty: () => openSource({ ...opening, isInteractive: true }),
    ...buildTelling(config, tools, place, commands),
    close: async () => {
      stop.close();
      await settleCalls(tools);
      // What it breaks over now changes no result any more.
      await database
        .close()
        .catch((err: unknown) => logs.database.warn({ err }, 'the database was not closed'));
      logs.close();
    },
  };
}

/** What the user's own columns are kept in. */
export function fieldsOf({ fieldsFile: file, stateDir }: Config): FieldsFile {
  return file === undefined
    ? fieldsFile(join(stateDir, FIELDS), checkFields, 'STATE_DIR')
    : fieldsFile(file, checkFields);
}

function checkFields(additions: Additions): string[] {
  return problemsWith(additions, FIRST.catalogue);
}

/** The source that a command means if it names none. */
const [FIRST] = registry;

/** The definition of a source. @throws UsageError for a name that the registry does not have. */
function definitionOf(id: string): (typeof registry)[number] {
  const found = registry.find((definition) => definition.id === id);
  if (found !== undefined) return found;
  throw new UsageError(`there is no source ${id}`, {
    op: 'read arguments',
    hint: `there are ${registry.map((definition) => definition.id).join(', ')}`,
  });
}

export type OpenOptions = {
  readonly config: Config;
  readonly logs: Logs;
  readonly meter: Meter;
  readonly onSecret: (secret: string) => void;
  /** For a person who waits: no request is sent again, and no quota waited for. */
  readonly isInteractive?: boolean;
};

export function openSource(
  { config, logs, meter, onSecret, isInteractive = false }: OpenOptions,
  definition: (typeof registry)[number] = FIRST,
): Source {
  return definition.open(config, {
    stateDir: config.stateDir,
    proxies: config.proxies,
    clock,
    random: Math.random,
    log: logs,
    meter: { begin: (kind, resource) => meter.begin(kind, resource, definition.id) },
    onSecret,
    isInteractive,
  });
}

/** What tells people how a run went. */
function buildTelling(
  config: Config,
  { log, clean, ...tools }: RunTools,
  place: Place,
  commands: readonly string[],
): Pick<Context, 'alerts' | 'heartbeat'> {
  const shared = { ...tools, log: log.main };
  // Who reads an alert is in another folder.
  const flag = flagOf(place.envFile === undefined ? place : { envFile: fileOf(place) });
  return {
    alerts: createAlerts({
      ...shared,
      clean,
      asCalled: (text) => asCalled(text, { tool: 'trestle-etl', flag, commands }),
      settings: config.alerts,
      proxies: config.proxies,
      file: join(config.stateDir, ALERTS),
      database: config.mysql.database,
    }),
    heartbeat: createHeartbeat({ ...shared, address: config.healthcheckUrl, proxies: config.proxies }),
  };
}

/** What no log and no message may hold; tokens are added as they come. */
export function secretsOf({ api, mysql, alerts, healthcheckUrl, proxies }: Config): string[] {
  const addresses = [alerts.email?.smtpUrl, alerts.webhook?.url, healthcheckUrl];
  const ways = [proxies.https, proxies.http];
  return [
    api.clientSecret,
    mysql.password,
    ...addresses.flatMap(secretsIn),
    ...ways.flatMap(listProxySecrets),
  ];
}

async function openFiles(config: Config, redact: Redactor): Promise<Logs> {
  const narrowed = openState(config.stateDir);
  const logs = await openLogs({
    ...config.log,
    redactor: redact,
    now: clock.now(),
    terminal: process.stderr,
    // On a terminal it takes the place of the progress line.
    onLost: (message) =>
      process.stderr.write(`${process.stderr.isTTY ? '\r\u001B[K' : ''}trestle-etl: ${message}\n`),
  });
  for (const each of narrowed) logs.main.warn(each, 'others had rights here, and have none any more');
  return logs;
}

/** The state directory, its owner's alone, and shown to be writable. @returns what others had rights on. */
function openState(stateDir: string): readonly Narrowed[] {
  try {
    privateFolder(stateDir);
    const narrowed = narrowRights(stateDir, [...Object.values(STATE_FILES), ALERTS]);
    tryFolder(stateDir);
    return narrowed;
  } catch (cause) {
    throw new ConfigError(`STATE_DIR ${stateDir} can't be used: ${(cause as Error).message}`, {
      op: 'open state',
      cause,
      hint: remedy(cause, 'STATE_DIR'),
    });
  }
}
