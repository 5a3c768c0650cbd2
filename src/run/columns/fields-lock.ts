import { releaseFieldsLock, acquireFieldsLock } from '../../db/named-lock.ts';
import type { Connection, Database } from '../../db/pool.ts';

/**
 * Holds the lock of column changes during `work`: two at a time would fill the same rows.
 * @throws BusyError while another process holds it.
 */
export async function withFieldsLock<T>(
  database: Database,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await database.connect();
  try {
    await acquireFieldsLock(connection, database.name);
    const result = await work(connection);
    await releaseFieldsLock(connection, database.name);
    connection.release();
    return result;
  } catch (error) {
    // Closing the connection releases the lock.
    connection.drop();
    throw error;
  }
}
