import { ConfigError } from '../errors.ts';
import { isTooLarge } from './errors.ts';
import { readLockHolder, type LockScope, acquireRunLock } from './named-lock.ts';
import { findPacketError } from './packet.ts';
import { retryWhileUnavailable } from './retry-while-unavailable.ts';
import type { Connection, Database, DatabaseTools } from './pool.ts';
import { statementBytes } from './size.ts';

/** The connection that a run holds the database's lock on, and writes with. */
export type LockedConnection = Connection & {
  /** Bytes: the server's `max_allowed_packet`, or the smallest statement that was refused as too large. */
  readonly maxStatementBytes: number;
  /**
   * Replaces a broken connection and takes the lock again, waiting for a server that can be reached and takes writes.
   * @throws UnavailableError where it stays away, BusyError where another run has the lock by now, ConfigError if it takes
   *   only tiny statements now.
   */
  renew(): Promise<void>;
};

/** Changes nothing. A server that has become a replica answers and gives locks all the same, but refuses this (1290). */
const NO_OP_WRITE = 'UPDATE etl_schema_version SET applied_at = applied_at WHERE version < 0';

/** A dry run also goes on before the first migration. */
function ignoreMissingTables(error: unknown): void {
  if (!(error instanceof ConfigError)) throw error;
}

/** TiDB before 7.1 can't tell. */
async function isHeldBy(connection: Connection, scope: LockScope, id: string): Promise<boolean> {
  const holder = await readLockHolder(connection, scope).catch(() => null);
  return String(holder) === id;
}

/** @throws BusyError where another run holds the lock. */
export async function openLockedConnection(database: Database, source: string, tools: DatabaseTools): Promise<LockedConnection> {
  const scope = { database: database.name, source };
  let id = '';
  let maxPacket = Infinity;
  let smallestRefused = Infinity;
  const open = async (isWriter: boolean): Promise<Connection> => {
    const connection = await database.connect();
    try {
      // After a broken network the server may keep our old connection, and its lock, for hours: a user may end its own.
      if (id !== '' && (await isHeldBy(connection, scope, id))) {
        await connection.run(`KILL ${id}`).catch(() => undefined);
      }
      await acquireRunLock(connection, scope);
      const [own] = await connection.select<{ id: number; packet: number }>(
        'SELECT CONNECTION_ID() AS id, @@max_allowed_packet AS packet',
      );
      id = /^\d+$/.test(String(own?.id)) ? String(own?.id) : '';
      // Lowered meanwhile, it holds for new connections only.
      maxPacket = Number(own?.packet);
      if (isWriter) await connection.run(NO_OP_WRITE).catch(ignoreMissingTables);
      return connection;
    } catch (error) {
      connection.drop();
      throw error;
    }
  };
  let current = await open(false);
  return {
    get maxStatementBytes() {
      return Math.min(maxPacket, smallestRefused);
    },
    select: (sql, values) => current.select(sql, values),
    run: async (sql, values) => {
      try {
        return await current.run(sql, values);
      } catch (error) {
        if (isTooLarge(error)) smallestRefused = Math.min(smallestRefused, statementBytes(sql, values));
        throw error;
      }
    },
    release: () => current.release(),
    drop: () => current.drop(),
    renew: async () => {
      current.drop();
      current = await retryWhileUnavailable(tools, () => open(true));
      // A server that was started again with another configuration.
      const error = findPacketError(maxPacket);
      if (error !== undefined) throw error;
    },
  };
}
