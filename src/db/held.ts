import { lockHolder, takeNamedLock } from './named-lock.ts';
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
  let id = '';
  const take = async (): Promise<Connection> => {
    const connection = await database.connect();
    try {
      // After a broken network the server may keep our old connection, and its lock, for hours: a user may end its own.
      if (id !== '' && String(await lockHolder(connection, database.name)) === id) {
        await connection.run(`KILL ${id}`).catch(() => undefined);
      }
      await takeNamedLock(connection, database.name);
      const [own] = await connection.select<{ id: number }>('SELECT CONNECTION_ID() AS id');
      id = /^\d+$/.test(String(own?.id)) ? String(own?.id) : '';
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
      current.drop();
      current = await patiently(tools, take);
    },
  };
}
