import { createHash } from 'node:crypto';
import { BusyError } from '../errors.ts';
import type { Connection, Session } from './pool.ts';
import { FIRST_SOURCE } from '../model/first-source.ts';

/** The server releases a killed client's lock only when its statement ends: measured up to 5 s. */
const LOCK_WAIT_SECONDS = '6';

/** A lock excludes concurrent runs of one source on one database. */
export type LockScope = { readonly database: string; readonly source: string };

/**
 * Acquires the lock that allows one run per database and source, on the connection that the run writes with. The lock is
 * then lost only with the connection, and closing the connection releases it.
 * @returns the connection's id, and the server's max_allowed_packet: if it was lowered, the new value applies only to new
 *   connections.
 * @throws BusyError if another run of the source holds it.
 */
export async function acquireRunLock(
  connection: Connection,
  scope: LockScope,
): Promise<{ readonly id: string; readonly maxPacket: number }> {
  const [row] = await connection.select<{ taken: number | null; id: number; packet: number }>(
    'SELECT GET_LOCK(?, ?) AS taken, CONNECTION_ID() AS id, @@max_allowed_packet AS packet',
    [runLockName(scope), LOCK_WAIT_SECONDS],
  );
  if (row?.taken !== 1) {
    throw new BusyError(`another run is active on database ${scope.database}`, {
      op: 'lock',
      hint: 'trestle-etl status shows it; this run changed nothing',
    });
  }
  return { id: String(row.id), maxPacket: row.packet };
}

/**
 * Acquires the lock that allows one command per database to add, fill or drop columns. Runs may be active at the same time.
 * Closing the connection releases it.
 * @throws BusyError if another command holds it.
 */
export async function acquireFieldsLock(connection: Connection, database: string): Promise<void> {
  const [row] = await connection.select<{ taken: number | null }>('SELECT GET_LOCK(?, ?) AS taken', [
    lockName(`${database}:fields`),
    LOCK_WAIT_SECONDS,
  ]);
  if (row?.taken !== 1) {
    throw new BusyError(`another fields command is active on database ${database}`, {
      op: 'lock',
      hint: 'trestle-etl status shows its progress; retry when it has completed',
    });
  }
}

/** How long a run waits for another process that migrates: ALTER of a large table is slow. */
const MIGRATION_WAIT_SECONDS = '60';

/** @throws BusyError if another process is still migrating this connection's database after a minute. */
export async function acquireMigrationLock(session: Session): Promise<void> {
  const [row] = await session.select<{ taken: number | null }>(
    `SELECT GET_LOCK(${MIGRATION_LOCK}, ?) AS taken`,
    [MIGRATION_WAIT_SECONDS],
  );
  if (row?.taken === 1) return;
  throw new BusyError('another process is migrating the tables', {
    op: 'migrate',
    hint: 'retry when it has finished: trestle-etl migrate',
  });
}

export async function releaseMigrationLock(session: Session): Promise<void> {
  await session.select(`SELECT RELEASE_LOCK(${MIGRATION_LOCK}) AS freed`);
}

const MIGRATION_LOCK = "CONCAT('trestle-etl:migrate:', LEFT(SHA2(DATABASE(), 256), 40))";

export async function releaseFieldsLock(connection: Connection, database: string): Promise<void> {
  await connection.select('SELECT RELEASE_LOCK(?) AS freed', [lockName(`${database}:fields`)]);
}

/** Returns the id of the connection that holds the lock; null if there is none. */
export async function readLockHolder(connection: Connection, scope: LockScope): Promise<number | null> {
  const [row] = await connection.select<{ id: number | null }>('SELECT IS_USED_LOCK(?) AS id', [
    runLockName(scope),
  ]);
  return row?.id ?? null;
}

export async function releaseRunLock(connection: Connection, scope: LockScope): Promise<void> {
  await connection.select('SELECT RELEASE_LOCK(?) AS freed', [runLockName(scope)]);
}

function runLockName({ database, source }: LockScope): string {
  return lockName(source === FIRST_SOURCE ? database : `${database}:source:${source}`);
}

/** Lock names are global to the server and have at most 64 characters. */
function lockName(database: string): string {
  return `trestle-etl:${createHash('sha256').update(database).digest('hex').slice(0, 40)}`;
}
