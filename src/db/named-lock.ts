import { createHash } from 'node:crypto';
import { BusyError } from '../errors.ts';
import type { Connection } from './pool.ts';

/** The server frees a killed client's lock only when its statement ends: up to 5 s were measured. */
const PATIENCE_SECONDS = '6';

/**
 * Takes the lock that one run per database holds, on the connection that the run writes with: a lost lock is then a
 * lost connection. Freed by closing it.
 * @throws BusyError where another run holds it.
 */
export async function takeNamedLock(connection: Connection, database: string): Promise<void> {
  const [row] = await connection.select<{ taken: number | null }>('SELECT GET_LOCK(?, ?) AS taken', [
    lockName(database),
    PATIENCE_SECONDS,
  ]);
  if (row?.taken !== 1) {
    throw new BusyError(`another run is active on database ${database}`, {
      op: 'lock',
      hint: 'trestle-etl status shows it; this run did nothing',
    });
  }
}

/**
 * The lock that one command per database holds while it adds, fills or drops columns, beside runs. Freed like the other.
 * @throws BusyError where another command holds it.
 */
export async function takeFieldsLock(connection: Connection, database: string): Promise<void> {
  const [row] = await connection.select<{ taken: number | null }>('SELECT GET_LOCK(?, ?) AS taken', [
    lockName(`${database}:fields`),
    PATIENCE_SECONDS,
  ]);
  if (row?.taken !== 1) {
    throw new BusyError(`another fields command is at work on database ${database}`, {
      op: 'lock',
      hint: 'trestle-etl status shows how far it is; try again when it is through',
    });
  }
}

export async function freeFieldsLock(connection: Connection, database: string): Promise<void> {
  await connection.select('SELECT RELEASE_LOCK(?) AS freed', [lockName(`${database}:fields`)]);
}

/** The connection that holds the lock; null where none does. */
export async function lockHolder(connection: Connection, database: string): Promise<number | null> {
  const [row] = await connection.select<{ id: number | null }>('SELECT IS_USED_LOCK(?) AS id', [
    lockName(database),
  ]);
  return row?.id ?? null;
}

export async function freeNamedLock(connection: Connection, database: string): Promise<void> {
  await connection.select('SELECT RELEASE_LOCK(?) AS freed', [lockName(database)]);
}

/** Lock names live in the whole server and hold at most 64 characters. */
function lockName(database: string): string {
  return `trestle-etl:${createHash('sha256').update(database).digest('hex').slice(0, 40)}`;
}
