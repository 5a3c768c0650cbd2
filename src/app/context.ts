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
import { readCapacity } from '../host/capacity.ts';
import { ConfigError } from '../errors.ts';
import type { ReadingSettings } from '../sources/definition.ts';
import { registry } from '../sources/registry.ts';
import type { Source } from '../sources/source.ts';
import { addFlagToCommands } from '../lib/add-flag-to-commands.ts';
import { isForeign, remedy, tryFolder } from '../host/folder.ts';
import { listProxySecrets } from '../http/proxy.ts';
import { narrowRights, type Narrowed, privateFolder } from '../host/private-file.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Io, Output } from '../model/io.ts';
import type { Additions } from '../dataset/addition.ts';
import { findAdditionProblems } from '../dataset/additions.ts';
import type { RunTools } from '../run/active-run.ts';
import { flushUsage } from '../run/metering.ts';
import { datasetsOf, findDefinition, FIRST, openSource, readingOf } from './sources.ts';
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
  /** How the source is read. */
  readonly reading: ReadingSettings;
  /** What the user's own columns are kept in. */
  readonly fields: FieldsFile;
  readonly database: Database;
  readonly logs: Logs;
  readonly tools: RunTools;
  /** Another source, with its datasets. @throws UsageError for a name that is none. */
  readonly sourceNamed: (id: string) => Pick<Context, 'tools' | 'resources' | 'reading'>;
  /** The configured datasets of all sources. */
  readonly allResources: readonly Dataset[];
  /** The same feed, for somebody who waits for the answer: it waits for no quota, and leaves nothing to others. */
  readonly interactiveSource: () => Source;
  readonly alerts: Alerts;
  readonly heartbeat: Heartbeat;
  close(): Promise<void>;
};

/** How a context is opened. */
export type ContextOptions = {
  /** The names of the tool's commands, for texts that name them. */
  readonly commands: readonly string[];
  /**
   * `look`: for a command that writes nothing. It does without logs and state if they belong to another user, or cannot be
   * written.
   */
  readonly access: 'look' | 'write';
  readonly io: Io;
};

/**
 * The composition root: the only place that knows how the parts fit together. Nothing is contacted yet.
 * @throws ConfigError
 */
export async function openContext(place: Place, { commands, access, io }: ContextOptions): Promise<Context> {
  const onlyLooks = access === 'look';
  const loaded = loadConfig(registry, place, io.env);
  // Root may write everywhere, but what it leaves could not be written to by the user that runs trestle-etl.
  const isGuest = onlyLooks && [loaded.stateDir, loaded.log.dir].some(isForeign);
  const config = isGuest ? { ...loaded, stateDir: NOWHERE } : loaded;
  const fields = fieldsOf(loaded);
  const additions = fields.read();
  const redact = redactor(secretsOf(config));
  const logs = isGuest
    ? noLogs()
    : await openFiles(config, redact, io.stderr).catch((error: unknown) => {
        if (onlyLooks) return noLogs();
        throw error;
      });
  const database = openDatabase(config.mysql);
  const stop = io.listenForStop();
  const meter = openMeter({ dir: config.stateDir, host: hostname(), clock, log: logs.main });
  const opening = { config, logs, meter, onSecret: redact.hide };
  const reading = readingOf(FIRST, config);
  const tools: RunTools = {
    database,
    source: openSource(opening),
    log: logs,
    clock,
    random: Math.random,
    progress: progressOn(config.log.format === undefined ? io.stderr : NO_TERMINAL, clock),
    signal: stop.signal,
    acquireLock: () => takeLock(config.stateDir, logs.main),
    setRun: (id) => {
      logs.setRun(id);
      meter.setRun(id);
    },
    meter,
    catalogue: FIRST.catalogue,
    hasNewFields: () => JSON.stringify(fields.read()) !== JSON.stringify(additions),
    clean: redact.clean,
    readCapacity: () => readCapacity([config.stateDir, config.log.dir]),
    host: hostname(),
    version,
    settings: {
      batchSize: config.batchSize,
      keepPayload: config.keepPayload,
      keepHistory: config.keepHistory,
      pageSize: reading.pageSize,
      overlap: config.overlap,
      schemaAge: config.schemaAge,
      filters: reading.filters,
      minFree: config.least,
    },
  };
  return {
    config,
    resources: datasetsOf(FIRST, config, additions),
    reading,
    fields,
    database,
    logs,
    tools,
    sourceNamed: (id) => {
      const definition = findDefinition(id);
      const source = openSource(opening, definition);
      const lock = () => takeLock(config.stateDir, logs.main, id);
      const own = readingOf(definition, config);
      const settings = { ...tools.settings, pageSize: own.pageSize, filters: own.filters };
      return {
        tools: { ...tools, source, acquireLock: lock, catalogue: definition.catalogue, settings },
        resources: datasetsOf(definition, config, additions),
        reading: own,
      };
    },
    allResources: registry.flatMap((definition) => datasetsOf(definition, config, additions)),
    interactiveSource: () => openSource({ ...opening, isInteractive: true }),
    ...createNotifiers(config, tools, place, commands),
    close: async () => {
      stop.close();
      await flushUsage(tools);
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
  return findAdditionProblems(additions, FIRST.catalogue);
}

/** What tells people how a run went. */
function createNotifiers(
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
      asCalled: (text) => addFlagToCommands(text, { tool: 'trestle-etl', flag, commands }),
      settings: config.alerts,
      proxies: config.proxies,
      file: join(config.stateDir, ALERTS),
      database: config.mysql.database,
    }),
    heartbeat: createHeartbeat({ ...shared, address: config.healthcheckUrl, proxies: config.proxies }),
  };
}

/** What no log and no message may hold; tokens are added as they come. */
export function secretsOf({ sourceSecrets, mysql, alerts, healthcheckUrl, proxies }: Config): string[] {
  const addresses = [alerts.email?.smtpUrl, alerts.webhook?.url, healthcheckUrl];
  const proxyAddresses = [proxies.https, proxies.http];
  return [
    ...sourceSecrets,
    mysql.password,
    ...addresses.flatMap(secretsIn),
    ...proxyAddresses.flatMap(listProxySecrets),
  ];
}

async function openFiles(config: Config, redact: Redactor, stderr: Output): Promise<Logs> {
  const narrowed = openStateDir(config.stateDir);
  const logs = await openLogs({
    ...config.log,
    redactor: redact,
    now: clock.now(),
    terminal: stderr,
    // On a terminal it takes the place of the progress line.
    onLost: (message) =>
      stderr.write(`${stderr.isTTY === true ? '\r\u001B[K' : ''}trestle-etl: ${message}\n`),
  });
  for (const each of narrowed) logs.main.warn(each, 'others had rights here, and have none any more');
  return logs;
}

/** The state directory, its owner's alone, and shown to be writable. @returns what others had rights on. */
function openStateDir(stateDir: string): readonly Narrowed[] {
  try {
    privateFolder(stateDir);
    const narrowed = narrowRights(stateDir, [
      ...registry.flatMap(({ stateFiles = [] }) => stateFiles),
      ALERTS,
    ]);
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
