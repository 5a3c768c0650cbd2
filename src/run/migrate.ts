import { migrate } from '../db/migrate.ts';
import { freeNamedLock, takeNamedLock } from '../db/named-lock.ts';
import type { RunTools } from './active.ts';

/**
 * Brings the tables up to date, under the same locks as a run.
 * @returns the names of the files that were applied.
 * @throws BusyError while a run is active.
 */
export async function migrateTables({ clock, database, lock }: RunTools): Promise<readonly string[]> {
  const unlock = await lock();
  try {
    const connection = await database.connect();
    try {
      await takeNamedLock(connection, database.name);
      return await migrate(connection, clock.now());
    } finally {
      await freeNamedLock(connection, database.name).catch(() => undefined);
      connection.release();
    }
  } finally {
    await unlock();
  }
}
