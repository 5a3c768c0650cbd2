import { devNull, hostname } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../db/pool.ts';
import { type Alerts, createAlerts } from '../notify/alert/index.ts';
import { clock } from '../host/clock.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { envFilePath } from '../config/env-file.ts';
import { configFlag, type ConfigLocation } from '../config/location.ts';
import { createFieldsFile, type FieldsFile } from '../config/fields-file.ts';
import { createHeartbeat, type Heartbeat } from '../notify/heartbeat.ts';
import { acquireLock } from '../host/lock.ts';
import { type Logs, noLogs, openLogs } from '../log/log.ts';
import { openMeter } from '../host/meter.ts';
import { createProgress } from '../host/progress.ts';
import { type Redactor, createRedactor } from '../log/redact.ts';
import { readCapacity } from '../host/capacity.ts';
import { ConfigError } from '../errors.ts';
import type { ReadingSettings, SourceDefinition } from '../sources/definition.ts';
import { kinds, registry } from '../sources/registry.ts';
import type { Source } from '../sources/source.ts';
import { addFlagToCommands } from '../lib/add-flag-to-commands.ts';
import { createRecall } from '../lib/recall.ts';
import { MINUTE_MS } from '../lib/time.ts';
import { belongsToAnotherUser, folderHint, checkWritable } from '../host/folder.ts';
import { narrowRights, type NarrowedRights, makePrivateFolder } from '../host/private-file.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Io, Output } from '../model/io.ts';
import type { Additions } from '../dataset/addition.ts';
import { findAdditionProblems } from '../dataset/additions.ts';
import type { RunTools } from '../run/active-run.ts';
import type { MediaTools } from '../run/media/pass.ts';
import { flushUsage } from '../run/metering.ts';
import {
  datasetsOf,
  defaultSource,
  definitionsOf,
  findDefinition,
  openSource,
  readingOf,
} from './sources.ts';
import { openMedia } from './media.ts';
import { openServe, type OpenedServe } from './serve.ts';
import { secretsOf } from './secrets.ts';
import { version } from './version.ts';

/** The files that STATE_DIR keeps between runs. */
const [ALERTS, FIELDS] = ['alerts.json', 'resources.json'];

/** A path that cannot be written to. */
export const NOWHERE = devNull;

/** No progress is drawn if the log itself goes to the terminal. */
const NO_TERMINAL = { write: () => undefined };

/** Everything a command may need, built from the configuration. */
export type Context = {
  readonly config: Config;
  /** The datasets of RESOURCES, parents first, with INCREMENTAL_FIELD and the user's own columns. */
  readonly resources: readonly Dataset[];
  /** How the source is read. */
  readonly reading: ReadingSettings;
  /** The file that names the user's own columns. */
  readonly fields: FieldsFile;
  readonly database: Database;
  readonly logs: Logs;
  readonly tools: RunTools;
  /**
   * Opens another source, with its datasets.
   * @param isInteractive a user waits: requests are not retried.
   * @throws UsageError for an unknown name.
   */
  readonly sourceNamed: (
    id: string,
    isInteractive?: boolean,
  ) => Pick<Context, 'tools' | 'resources' | 'reading'>;
  /** Opens what downloads media files, with its own lock. @throws ConfigError if MEDIA_STORE is not set. */
  readonly openMedia: () => Promise<{ readonly tools: RunTools; readonly media: MediaTools }>;
  /** Opens what `serve` uses. Nothing is connected yet. */
  readonly openServe: () => OpenedServe;
  /** All configured sources, in the order in which `sync` takes them. */
  readonly sources: readonly Pick<SourceDefinition, 'id' | 'every'>[];
  /** The configured datasets of all sources. */
  readonly allResources: readonly Dataset[];
  /** Opens the same feed for a user who waits for the answer: does not wait for the quota, and reserves none for others. */
  readonly interactiveSource: () => Source;
  readonly alerts: Alerts;
  readonly heartbeat: Heartbeat;
  close(): Promise<void>;
};

/** How a context is opened. */
export type ContextOptions = {
  /** The names of the tool's commands, to find them in texts. */
  readonly commands: readonly string[];
  /**
   * `look`: for a command that writes nothing. It runs without logs and state if they belong to another user or cannot be
   * written.
   */
  readonly access: 'look' | 'write';
  readonly io: Io;
};

/**
 * The composition root: the only place that knows how the parts fit together. Opens no connection.
 * @throws ConfigError
 */
export async function openContext(
  place: ConfigLocation,
  { commands, access, io }: ContextOptions,
): Promise<Context> {
  const isReadOnly = access === 'look';
  const loaded = loadConfig(registry, place, io.env, kinds);
  // Root can write everywhere, but the user that runs trestle-etl could not write to the files that root creates.
  const isOtherUser = isReadOnly && [loaded.stateDir, loaded.log.dir].some(belongsToAnotherUser);
  const config = isOtherUser ? { ...loaded, stateDir: NOWHERE } : loaded;
  const fields = openFieldsFile(loaded);
  const additions = fields.read();
  const redact = createRedactor(secretsOf(config));
  const logs = isOtherUser
    ? noLogs()
    : await openFiles(config, redact, io.stderr).catch((error: unknown) => {
        if (isReadOnly) return noLogs();
        throw error;
      });
  const database = openDatabase(config.mysql);
  const stop = io.listenForStop();
  const meter = openMeter({ dir: config.stateDir, host: hostname(), clock, log: logs.main });
  const progress = createProgress(config.log.format === undefined ? io.stderr : NO_TERMINAL, clock);
  const sourceOptions = {
    config,
    logs,
    meter,
    onSecret: redact.hide,
    onProgress: progress.showBytes,
  };
  const first = defaultSource(config);
  const reading = readingOf(first, config);
  const tools: RunTools = {
    database,
    source: openSource(sourceOptions),
    log: logs,
    clock,
    random: Math.random,
    progress,
    signal: stop.signal,
    acquireLock: () => acquireLock(config.stateDir, logs.main),
    setRun: (id) => {
      logs.setRun(id);
      meter.setRun(id);
    },
    meter,
    recall: createRecall(clock.now, MINUTE_MS),
    catalogue: first.catalogue,
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
      childStrategy: reading.childStrategy,
      minFree: config.minFree,
      retention: config.retention,
    },
  };
  return {
    config,
    resources: datasetsOf(first, config, additions),
    reading,
    fields,
    database,
    logs,
    tools,
    sourceNamed: (id, isInteractive = false) => {
      const definition = findDefinition(id, config);
      const source = openSource({ ...sourceOptions, isInteractive }, definition);
      const lock = () => acquireLock(config.stateDir, logs.main, id);
      const own = readingOf(definition, config);
      const { pageSize, filters, childStrategy } = own;
      const settings = { ...tools.settings, pageSize, filters, childStrategy };
      return {
        tools: { ...tools, source, acquireLock: lock, catalogue: definition.catalogue, settings },
        resources: datasetsOf(definition, config, additions),
        reading: own,
      };
    },
    openMedia: async () => {
      const opened = await openMedia(sourceOptions, io.env);
      const lock = () => acquireLock(config.stateDir, logs.main, opened.tools.source.id);
      return { tools: { ...tools, ...opened.tools, acquireLock: lock }, media: opened.media };
    },
    openServe: () => openServe(config, logs),
    sources: definitionsOf(config).map(({ id, every }) => ({
      id,
      ...(every === undefined ? {} : { every }),
    })),
    allResources: definitionsOf(config).flatMap((definition) => datasetsOf(definition, config, additions)),
    interactiveSource: () => openSource({ ...sourceOptions, isInteractive: true }),
    ...createNotifiers(config, tools, place, commands),
    close: async () => {
      stop.close();
      await flushUsage(tools);
      // An error while closing no longer changes a result.
      await database
        .close()
        .catch((err: unknown) => logs.database.warn({ err }, 'could not close the database'));
      logs.close();
    },
  };
}

/** Opens the file that names the user's own columns. */
export function openFieldsFile({ fieldsFile: file, stateDir }: Config): FieldsFile {
  return file === undefined
    ? createFieldsFile(join(stateDir, FIELDS), checkFields, 'STATE_DIR')
    : createFieldsFile(file, checkFields);
}

function checkFields(additions: Additions): string[] {
  return findAdditionProblems(
    additions,
    registry.flatMap(({ catalogue }) => catalogue),
  );
}

/** Creates the alerts and the heartbeat, which report how a run ended. */
function createNotifiers(
  config: Config,
  { log, clean, ...tools }: RunTools,
  place: ConfigLocation,
  commands: readonly string[],
): Pick<Context, 'alerts' | 'heartbeat'> {
  const shared = { ...tools, log: log.main };
  // The reader of an alert is not in the working directory of the run.
  const flag = configFlag(place.envFile === undefined ? place : { envFile: envFilePath(place) });
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

async function openFiles(config: Config, redact: Redactor, stderr: Output): Promise<Logs> {
  const narrowed = openStateDir(config.stateDir);
  const logs = await openLogs({
    ...config.log,
    redactor: redact,
    now: clock.now(),
    terminal: stderr,
    // On a terminal the message replaces the progress line.
    onLost: (message) =>
      stderr.write(`${stderr.isTTY === true ? '\r\u001B[K' : ''}trestle-etl: ${message}\n`),
  });
  for (const each of narrowed) logs.main.warn(each, 'removed the access of other users');
  return logs;
}

/** Makes the state directory private and checks that it is writable. @returns the files that others had access to. */
function openStateDir(stateDir: string): readonly NarrowedRights[] {
  try {
    makePrivateFolder(stateDir);
    const narrowed = narrowRights(stateDir, [
      ...registry.flatMap(({ stateFiles = [] }) => stateFiles),
      ALERTS,
    ]);
    checkWritable(stateDir);
    return narrowed;
  } catch (cause) {
    throw new ConfigError(`STATE_DIR ${stateDir} cannot be used: ${(cause as Error).message}`, {
      op: 'open state',
      cause,
      hint: folderHint(cause, 'STATE_DIR'),
    });
  }
}
