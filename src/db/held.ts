import { takeNamedLock } from './named-lock.ts';
import { patiently } from './patience.ts';
import type { Connection, Database, Tools } from './pool.ts';

/** The connection that a run holds the database's lock on, and writes with. */
export type Held = Connection & {
  /**
   * Replaces a broken connection and takes the lock again, waiting for the server where need be.
   * @throws UnavailableError where it stays away, BusyError where another run has the lock by now.
   */
  renew(): Promise<void>;
};

/** @throws BusyError where another run holds the lock. */
export async function holdConnection(database: Database, tools: Tools): Promise<Held> {
  const take = async (): Promise<Connection> => {
    const connection = await database.connect();
    try {
      await takeNamedLock(connection, database.name);
      return connection;
    } catch (error) {
      connection.drop();
      throw error;
    }
  };
  let current = await take();
  return {
    select: (sql, values) => current.select(sql, values),
    run: (sql, values) => current.run(sql, values),
    release: () => current.release(),
    drop: () => current.drop(),
    renew: async () => {
      // A lock that the server has not noticed to be free would keep ourselves out.
      current.drop();
      current = await patiently(tools, take);
    },
  };
}
