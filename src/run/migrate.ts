import { migrate } from '../db/migrate.ts';
import { releaseRunLock, acquireRunLock } from '../db/named-lock.ts';
import type { RunTools } from './active-run.ts';

/**
 * Migrates the tables to the current schema, under the same locks as a run.
 * @returns the names of the applied files.
 * @throws BusyError while a run is active.
 */
export async function migrateTables({
  clock,
  database,
  acquireLock: lock,
  source,
}: RunTools): Promise<readonly string[]> {
  const scope = { database: database.name, source: source.id };
  const unlock = await lock();
  try {
    const connection = await database.connect();
    try {
      await acquireRunLock(connection, scope);
      return await migrate(connection, clock.now());
    } finally {
      await releaseRunLock(connection, scope).catch(() => undefined);
      connection.release();
    }
  } finally {
    await unlock();
  }
}
