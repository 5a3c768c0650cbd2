import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Database, openDatabase } from './db/pool.ts';
import { clock } from './edge/clock.ts';
import { type Config, loadConfig } from './edge/config.ts';
import { takeLock } from './edge/lock.ts';
import { type Logs, noLogs, openLogs } from './edge/log.ts';
import { progressOn } from './edge/progress.ts';
import { type Redactor, redactor } from './edge/redact.ts';
import { roomOf } from './edge/room.ts';
import { listenForStop } from './edge/signals.ts';
import { ConfigError } from './errors.ts';
import { createODataSource } from './extract/odata/index.ts';
import type { Source } from './extract/source.ts';
import { privateFolder } from './lib/private-file.ts';
import type { Resource } from './model.ts';
import { resources } from './resources/index.ts';
import type { RunTools } from './run/active.ts';

export const version: string = readVersion();

/** Everything a command may need, built from the configuration. */
export type Context = {
  readonly config: Config;
  /** Those of RESOURCES, parents first, with the user's INCREMENTAL_FIELD. */
  readonly resources: readonly Resource[];
  readonly database: Database;
  readonly logs: Logs;
  readonly tools: RunTools;
  close(): Promise<void>;
};

/**
 * The composition root: the only place that knows how the parts fit together. Nothing is contacted yet.
 * @param onlyLooks for a command that writes nothing: it goes without logs and state where it may not write them.
 * @throws ConfigError
 */
export async function openContext(envFile?: string, onlyLooks = false): Promise<Context> {
  const config = loadConfig(known(), envFile);
  const redact = redactor([config.api.clientSecret, config.mysql.password]);
  const logs = await openFiles(config, redact).catch((error: unknown) => {
    if (onlyLooks) return noLogs();
    throw error;
  });
  const database = openDatabase(config.mysql);
  const stop = listenForStop();
  const source = buildSource(config, logs, redact.hide);
  const tools: RunTools = {
    database,
    source,
    log: logs,
    clock,
    random: Math.random,
    progress: progressOn(process.stderr, clock),
    signal: stop.signal,
    lock: () => takeLock(config.stateDir, logs.main),
    setRun: logs.setRun,
    clean: redact.clean,
    room: () => roomOf([config.stateDir, config.log.dir]),
    host: hostname(),
    version,
    settings: {
      batchSize: config.batchSize,
      keepPayload: config.keepPayload,
      pageSize: config.api.pageSize,
      overlap: config.overlap,
      filters: config.filters,
      least: config.least,
    },
  };
  return {
    config,
    resources: chosen(config),
    database,
    logs,
    tools,
    close: async () => {
      stop.close();
      await database.close();
      logs.close();
    },
  };
}

function buildSource(config: Config, logs: Logs, onToken: (token: string) => void): Source {
  return createODataSource({
    ...config.api,
    base: config.api.baseUrl,
    filters: config.filters,
    selects: Object.fromEntries(resources.map((resource) => [resource.name, selectOf(resource, config)])),
    minute: 60_000,
    tokenFile: join(config.stateDir, 'token.json'),
    quotaFile: join(config.stateDir, 'quota.json'),
    clock,
    random: Math.random,
    log: logs,
    onToken,
  });
}

/** All fields where the payload is kept; else the catalogue's. What the tool itself needs is always among them. */
function selectOf(resource: Resource, config: Config): readonly string[] | undefined {
  const catalogue = config.keepPayload ? undefined : resource.fields.map((field) => field.name);
  if (resource.parent !== undefined || config.propertySelect === undefined) return catalogue;
  const needed = [
    resource.key,
    resource.version,
    config.incrementalField,
    'PhotosCount',
    'PhotosChangeTimestamp',
  ];
  return [...new Set([...needed, ...config.propertySelect])];
}

function chosen(config: Config): readonly Resource[] {
  return resources
    .filter((resource) => config.resources.includes(resource.name))
    .map((resource) =>
      resource.parent === undefined ? { ...resource, cursor: config.incrementalField } : resource,
    );
}

function known() {
  const listings = resources.filter((resource) => resource.parent === undefined);
  const timestamps = listings.flatMap((resource) =>
    resource.fields.filter((field) => field.type.kind === 'timestamp'),
  );
  return {
    resources: resources.map((resource) => resource.name),
    cursors: [...new Set(timestamps.map((field) => field.name))],
  };
}

async function openFiles(config: Config, redact: Redactor): Promise<Logs> {
  try {
    privateFolder(config.stateDir);
  } catch (cause) {
    throw new ConfigError(`STATE_DIR ${config.stateDir} can't be used: ${(cause as Error).message}`, {
      op: 'open state',
      cause,
      hint: 'the user that runs trestle-etl must be able to write there (rights, disk space); or set STATE_DIR',
    });
  }
  return openLogs({ ...config.log, redactor: redact, now: clock.now() });
}

function readVersion(): string {
  const path = fileURLToPath(new URL('../package.json', import.meta.url));
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

/** For a command that needs no configuration: runs it until a signal to stop, which is its normal end. */
export async function untilStopped(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = listenForStop();
  try {
    await work(stop.signal);
  } finally {
    stop.close();
  }
}
