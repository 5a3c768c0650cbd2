import { isMigrated, migrate } from '../db/migrate.ts';
import { freeNamedLock, takeNamedLock } from '../db/named-lock.ts';
import type { Connection } from '../db/pool.ts';
import { BusyError, InterruptedError } from '../errors.ts';
import { closeRun, closeVanished, openRun, saveRun, type Status } from '../record/run-log.ts';
import type { Active, RunOptions, RunTools } from './active.ts';
import { toRunState } from './tally.ts';

/**
 * Holds both locks around `work` and keeps the run's row in etl_sync_log, from its start to its end, however it ends.
 * @throws BusyError where another run is active (its row says `skipped`); whatever `work` throws.
 */
export async function withRun(
  tools: RunTools,
  options: RunOptions,
  work: (active: Active) => Promise<Status>,
): Promise<Active & { status: Status }> {
  const unlock = await tools.lock().catch(async (error: unknown) => {
    if (error instanceof BusyError && !options.dryRun) await recordSkipped(tools, options, error);
    throw error;
  });
  let connection: Connection | undefined;
  try {
    connection = await tools.database.connect();
    const active = await open(tools, options, connection);
    const status = await closing(active, work);
    return { ...active, status };
  } finally {
    if (connection !== undefined) await letGo(connection, tools.database.name);
    await unlock();
  }
}

async function open(tools: RunTools, options: RunOptions, connection: Connection): Promise<Active> {
  const { clock, log, database } = tools;
  const start = { mode: options.mode, host: tools.host, pid: process.pid, version: tools.version };
  const [server] = await connection.select<{ packet: number }>('SELECT @@max_allowed_packet AS packet');
  const active = {
    tools,
    options,
    connection,
    maxBytes: Math.floor(Number(server?.packet) / 2),
    tally: {},
    watermarks: new Map(),
  };
  try {
    await takeNamedLock(connection, database.name);
  } catch (error) {
    if (error instanceof BusyError && !options.dryRun) await recordSkipped(tools, options, error);
    throw error;
  }
  if (options.dryRun) return { ...active, id: 0, hasTables: await isMigrated(connection) };
  const applied = await migrate(connection, clock.now());
  if (applied.length > 0) log.database.info({ applied }, 'migrated');
  const vanished = await closeVanished(connection, clock.now());
  if (vanished.length > 0) log.main.warn({ vanished }, 'earlier runs ended without a word');
  const id = await openRun(connection, start, 'running', clock.now());
  tools.setRun(id);
  log.main.info({ ...start, resources: options.resources.map((resource) => resource.name) }, 'run started');
  return { ...active, id, hasTables: true };
}

async function closing(active: Active, work: (active: Active) => Promise<Status>): Promise<Status> {
  const { log, source } = active.tools;
  try {
    const status = await work(active);
    await close(active, status, null);
    log.main.info({ status, ...toRunState(active.tally, source.calls()) }, 'run ended');
    return status;
  } catch (error) {
    // What was committed stays and counts: these two say when to go on, not that something broke.
    const status = error instanceof InterruptedError || error instanceof BusyError ? 'partial' : 'failed';
    const message = active.tools.clean(error instanceof Error ? error.message : String(error));
    log.main.info({ status, message, ...toRunState(active.tally, source.calls()) }, 'run ended early');
    await close(active, status, message).catch((err: unknown) => {
      log.database.error({ err }, "the run's row could not be closed; the next run will");
    });
    throw error;
  }
}

async function close(active: Active, status: Status, message: string | null): Promise<void> {
  if (active.options.dryRun) return;
  const { clock, source } = active.tools;
  await saveRun(active.connection, active.id, toRunState(active.tally, source.calls()), clock.now());
  await closeRun(active.connection, active.id, status, message, clock.now());
}

/** Best effort: where the tables are not there yet there is nowhere to write it. */
async function recordSkipped(tools: RunTools, options: RunOptions, error: BusyError): Promise<void> {
  const now = tools.clock.now();
  const start = { mode: options.mode, host: tools.host, pid: process.pid, version: tools.version };
  try {
    const id = await openRun(tools.database, start, 'skipped', now);
    await closeRun(tools.database, id, 'skipped', error.message, now);
  } catch (err) {
    tools.log.database.warn({ err }, 'a skipped run could not be recorded');
  }
}

async function letGo(connection: Connection, database: string): Promise<void> {
  // Of a broken connection the server has freed the lock already.
  await freeNamedLock(connection, database).catch(() => undefined);
  connection.release();
}
