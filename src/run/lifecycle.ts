import { hasTables, migrate } from '../db/migrate.ts';
import { isWorthRenewing, type LockedConnection, openLockedConnection } from '../db/locked-connection.ts';
import { findPacketError } from '../db/packet.ts';
import type { Session } from '../db/pool.ts';
import { BusyError, ConfigError, type EtlError, InterruptedError, UnavailableError } from '../errors.ts';
import type { PayloadWriter } from '../load/payloads.ts';
import { closeRun, closeVanishedRuns, openRun, type RunStatus } from '../record/run-log.ts';
import { type ActiveRun, databaseToolsOf, type RunOptions, type RunTools } from './active-run.ts';
import { checkTables } from './check-tables.ts';
import { ensureColumns } from './columns/ensure.ts';
import { saveUsage, saveLeftoverUsage } from './metering.ts';
import { createPayloadWriter } from './payload-writer.ts';
import { purgeOldRows } from './retention/purge-old-rows.ts';
import { toRunState } from './tally.ts';
import { parentLink } from '../dataset/reading.ts';
import { ensureTables } from './tables.ts';

/**
 * Holds both locks during `work`, and keeps the run's row in etl_sync_log from start to end, even if the run fails.
 * @throws BusyError if another run is active (this run's row becomes `skipped`); every error of `work`.
 */
export async function withRun(
  tools: RunTools,
  options: RunOptions,
  work: (active: ActiveRun) => Promise<RunStatus>,
): Promise<ActiveRun & { status: RunStatus }> {
  const unlock = await tools.acquireLock().catch(async (error: unknown) => {
    if (error instanceof BusyError && !options.dryRun)
      await recordUnstarted(tools, options, 'skipped', error);
    throw error;
  });
  let connection: LockedConnection | undefined;
  let payloadWriter: PayloadWriter | undefined;
  try {
    connection = await acquireLock(tools, options);
    await ensurePacketSize(tools, options, connection);
    const active = await startOnLiveServer(tools, options, connection);
    payloadWriter = active.payloadWriter;
    const status = await runAndClose(active, async () => {
      if (!options.dryRun) await ensureColumns(tools, connection!, options.resources);
      return work(active);
    });
    await purgeOldRows(active);
    return { ...active, status };
  } finally {
    payloadWriter?.end();
    await connection?.end();
    await unlock();
  }
}

/** @throws ConfigError if the server accepts only tiny statements; recorded in the run's row if the tables exist. */
async function ensurePacketSize(
  tools: RunTools,
  options: RunOptions,
  { maxStatementBytes: limit }: LockedConnection,
): Promise<void> {
  const error = findPacketError(limit);
  if (error === undefined) return;
  if (!options.dryRun) await recordUnstarted(tools, options, 'failed', error);
  throw error;
}

/** Call it before the first write. @throws ConfigError if the tables were altered; recorded in the run's row if possible. */
async function ensureTablesIntact(
  tools: RunTools,
  options: RunOptions,
  connection: LockedConnection,
): Promise<void> {
  try {
    await checkTables(tools, connection, options.resources);
  } catch (error) {
    if (error instanceof ConfigError) await recordUnstarted(tools, options, 'failed', error);
    throw error;
  }
}

/** Acquires the database's lock. If another run holds it, this run gets a `skipped` row. */
async function acquireLock(tools: RunTools, options: RunOptions): Promise<LockedConnection> {
  try {
    return await openLockedConnection(tools.database, tools.source.id, databaseToolsOf(tools));
  } catch (error) {
    if (error instanceof BusyError && !options.dryRun)
      await recordUnstarted(tools, options, 'skipped', error);
    throw error;
  }
}

/**
 * Starts again, on the next server if there are several, if the connection breaks or the server becomes read only before the run
 * has begun.
 */
async function startOnLiveServer(
  tools: RunTools,
  options: RunOptions,
  connection: LockedConnection,
): Promise<ActiveRun> {
  try {
    return await startRun(tools, options, connection);
  } catch (error) {
    if (!isWorthRenewing(error, tools.database)) throw error;
    await connection.renew();
    return await startRun(tools, options, connection);
  }
}

async function startRun(
  tools: RunTools,
  options: RunOptions,
  connection: LockedConnection,
): Promise<ActiveRun> {
  const { clock, log } = tools;
  const start = {
    source: tools.source.id,
    mode: options.mode,
    host: tools.host,
    pid: process.pid,
    version: tools.version,
  };
  // Child records are looked up on a second connection: an account limited to one fails now, not in the middle of the run.
  if (options.resources.some((each) => parentLink(each) !== undefined))
    await tools.database.select('SELECT 1');
  const active = {
    tools,
    options,
    connection,
    maxBytes: Math.floor(connection.maxStatementBytes / 2),
    tally: {},
    watermarks: new Map(),
    expandedWhole: new Set<string>(),
  };
  // A dry run writes nothing: its call counts are saved by the next run.
  if (options.dryRun) tools.meter.deferPending();
  const createActiveRun = (id: number): Omit<ActiveRun, 'hasTables'> => ({
    ...active,
    id,
    payloadWriter: createPayloadWriter(tools, connection, { run: id, maxBytes: active.maxBytes }),
  });
  if (options.dryRun) return { ...createActiveRun(0), hasTables: await hasTables(connection) };
  const names = options.resources.map((dataset) => dataset.name);
  await tools.recall(`tables for ${names.join()}`, () => prepareTables(tools, options, connection));
  const vanished = await closeVanishedRuns(connection, tools.source.id, clock.now());
  if (vanished.length > 0) log.main.warn({ vanished }, 'earlier runs vanished without closing their row');
  await tools.recall('leftover usage', () => saveLeftoverUsage(tools, connection));
  const id = await openRun(connection, start, 'running', clock.now());
  tools.setRun(id);
  log.main.info({ ...start, resources: names }, 'run started');
  return { ...createActiveRun(id), hasTables: true };
}

/** Creates or updates the tables, and checks that nothing else altered them. @returns true. */
async function prepareTables(
  tools: RunTools,
  options: RunOptions,
  connection: LockedConnection,
): Promise<true> {
  const { clock, log } = tools;
  const applied = await migrate(connection, clock.now());
  if (applied.length > 0) log.database.info({ applied }, 'migrated');
  const made = await ensureTables(connection, options.resources);
  if (made.length > 0) log.database.info({ made }, 'created tables');
  await ensureTablesIntact(tools, options, connection);
  return true;
}

async function runAndClose(
  active: ActiveRun,
  work: (active: ActiveRun) => Promise<RunStatus>,
): Promise<RunStatus> {
  const { log, source } = active.tools;
  try {
    const status = await work(active);
    await close(active, status, null);
    log.main.info({ status, ...toRunState(active.tally, source.requests()) }, 'run ended');
    return status;
  } catch (error) {
    // Committed pages stay. These two errors mean that a later run resumes, not that something broke.
    const status = error instanceof InterruptedError || error instanceof BusyError ? 'partial' : 'failed';
    const message = active.tools.clean(error instanceof Error ? error.message : String(error));
    log.main.info({ status, message, ...toRunState(active.tally, source.requests()) }, 'run ended early');
    await closeFailed(active, status, message).catch((err: unknown) => {
      active.tools.meter.deferPending();
      log.database.error({ err }, "could not close the run's row; the next run will");
    });
    throw error;
  }
}

/** Closes the row on another connection if the run's own connection broke. Only this run writes the row, so it needs no lock. */
async function closeFailed(active: ActiveRun, status: RunStatus, message: string): Promise<void> {
  try {
    await close(active, status, message);
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    await close(active, status, message, active.tools.database);
  }
}

async function close(
  active: ActiveRun,
  status: RunStatus,
  message: string | null,
  session: Session = active.connection,
): Promise<void> {
  if (active.options.dryRun) return;
  const { clock, source } = active.tools;
  // The row has the counts of a commit whose answer was lost, if it succeeded.
  const state =
    active.hasUnknownCommit === true ? {} : { state: toRunState(active.tally, source.requests()) };
  await closeRun(session, active.id, { status, message, ...state }, clock.now());
  await saveUsageOf(active, session);
}

/** A process that reads hundreds of feeds stores its call counts once a minute, and at its end (flushUsage). */
async function saveUsageOf({ tools }: ActiveRun, session: Session): Promise<void> {
  const save = async (): Promise<true> => {
    await saveUsage(tools, session);
    return true;
  };
  await (tools.source.items === undefined ? save() : tools.recall('saved usage', save));
}

/** Records a run that ended before it started. Best effort: there may be no tables yet. */
async function recordUnstarted(
  tools: RunTools,
  options: RunOptions,
  status: RunStatus,
  error: EtlError,
): Promise<void> {
  const now = tools.clock.now();
  const start = {
    source: tools.source.id,
    mode: options.mode,
    host: tools.host,
    pid: process.pid,
    version: tools.version,
  };
  try {
    const id = await openRun(tools.database, start, status, now);
    await closeRun(tools.database, id, { status, message: error.message }, now);
  } catch (err) {
    tools.log.database.warn({ err }, `could not record a ${status} run`);
  }
}
