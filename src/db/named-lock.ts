import { createHash } from 'node:crypto';
import { BusyError } from '../errors.ts';
import type { Connection, Session } from './pool.ts';

/** The server frees a killed client's lock only when its statement ends: up to 5 s were measured. */
const LOCK_WAIT_SECONDS = '6';

/** Whose runs a lock keeps apart. */
export type LockScope = { readonly database: string; readonly source: string };

/**
 * Takes the lock that one run per database and source holds, on the connection that the run writes with: a lost lock is
 * then a lost connection. Freed by closing it.
 * @throws BusyError if another run of the source holds it.
 */
export async function acquireRunLock(connection: Connection, scope: LockScope): Promise<void> {
  const [row] = await connection.select<{ taken: number | null }>('SELECT GET_LOCK(?, ?) AS taken', [
    runLockName(scope),
    LOCK_WAIT_SECONDS,
  ]);
  if (row?.taken !== 1) {
    throw new BusyError(`another run is active on database ${scope.database}`, {
      op: 'lock',
      hint: 'trestle-etl status shows it; this run did nothing',
    });
  }
}

/**
 * The lock that one command per database holds while it adds, fills or drops columns, beside runs. Freed like the other.
 * @throws BusyError where another command holds it.
 */
export async function acquireFieldsLock(connection: Connection, database: string): Promise<void> {
  const [row] = await connection.select<{ taken: number | null }>('SELECT GET_LOCK(?, ?) AS taken', [
    lockName(`${database}:fields`),
    LOCK_WAIT_SECONDS,
  ]);
  if (row?.taken !== 1) {
    throw new BusyError(`another fields command is at work on database ${database}`, {
      op: 'lock',
      hint: 'trestle-etl status shows how far it is; try again when it is through',
    });
  }
}

/** Seconds that a run waits for another one that migrates: an ALTER of a large table takes a while. */
const MIGRATION_WAIT_SECONDS = '60';

/** @throws BusyError if another process still migrates this connection's database after a minute. */
export async function acquireMigrationLock(session: Session): Promise<void> {
  const [row] = await session.select<{ taken: number | null }>(
    `SELECT GET_LOCK(${MIGRATION_LOCK}, ?) AS taken`,
    [MIGRATION_WAIT_SECONDS],
  );
  if (row?.taken === 1) return;
  throw new BusyError('another process migrates the tables', {
    op: 'migrate',
    hint: 'try again when it has finished: trestle-etl migrate',
  });
}

export async function releaseMigrationLock(session: Session): Promise<void> {
  await session.select(`SELECT RELEASE_LOCK(${MIGRATION_LOCK}) AS freed`);
}

const MIGRATION_LOCK = "CONCAT('trestle-etl:migrate:', LEFT(SHA2(DATABASE(), 256), 40))";

export async function releaseFieldsLock(connection: Connection, database: string): Promise<void> {
  await connection.select('SELECT RELEASE_LOCK(?) AS freed', [lockName(`${database}:fields`)]);
}

/** The connection that holds the lock; null where none does. */
export async function readLockHolder(connection: Connection, scope: LockScope): Promise<number | null> {
  const [row] = await connection.select<{ id: number | null }>('SELECT IS_USED_LOCK(?) AS id', [
    runLockName(scope),
  ]);
  return row?.id ?? null;
}

export async function releaseRunLock(connection: Connection, scope: LockScope): Promise<void> {
  await connection.select('SELECT RELEASE_LOCK(?) AS freed', [runLockName(scope)]);
}

/** Its lock has no source in its name, as versions before there were several sources take the same one. */
const FIRST_SOURCE = 'trestle';

function runLockName({ database, source }: LockScope): string {
  return lockName(source === FIRST_SOURCE ? database : `${database}:source:${source}`);
}

/** Lock names live in the whole server and hold at most 64 characters. */
function lockName(database: string): string {
  return `trestle-etl:${createHash('sha256').update(database).digest('hex').slice(0, 40)}`;
}
