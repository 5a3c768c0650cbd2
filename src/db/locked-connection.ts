import { ConfigError } from '../errors.ts';
import { isTooLarge } from './errors.ts';
import { readLockHolder, type LockScope, acquireRunLock } from './named-lock.ts';
import { findPacketError } from './packet.ts';
import { retryWhileUnavailable } from './retry-while-unavailable.ts';
import type { Connection, Database, DatabaseTools } from './pool.ts';
import { statementBytes } from './size.ts';

/** The connection that holds a run's lock and that the run writes with. */
export type LockedConnection = Connection & {
  /** The server's `max_allowed_packet`, or the size of the smallest statement that was refused as too large. */
  readonly maxStatementBytes: number;
  /**
   * Replaces a broken connection and acquires the lock again, on the next server if there are several. Waits until one is
   * reachable and accepts writes.
   * @throws UnavailableError if it remains unreachable, BusyError if another run now holds the lock, ConfigError if it now
   *   accepts only tiny statements.
   */
  renew(): Promise<void>;
};

/** Changes nothing. A server that has become a replica still responds and grants locks, but refuses this (1290). */
const NO_OP_WRITE = 'UPDATE etl_schema_version SET applied_at = applied_at WHERE version < 0';

/** A dry run also works before the first migration. */
function ignoreMissingTables(error: unknown): void {
  if (!(error instanceof ConfigError)) throw error;
}

/** TiDB before 7.1 cannot report the holder. */
async function isHeldBy(connection: Connection, scope: LockScope, id: string): Promise<boolean> {
  const holder = await readLockHolder(connection, scope).catch(() => null);
  return String(holder) === id;
}

/** @throws BusyError if another run holds the lock. */
export async function openLockedConnection(
  database: Database,
  source: string,
  tools: DatabaseTools,
): Promise<LockedConnection> {
  const scope = { database: database.name, source };
  let id = '';
  let server = '';
  let maxPacket = Infinity;
  let smallestRefused = Infinity;
  const open = async (isWriter: boolean): Promise<Connection> => {
    const connection = await database.connect();
    try {
      // After a network failure the server may keep our old connection and its lock for hours. A user may kill its own.
      // On another server the same id belongs to another client.
      if (id !== '' && connection.server === server && (await isHeldBy(connection, scope, id))) {
        await connection.run(`KILL ${id}`).catch(() => undefined);
      }
      const own = await acquireRunLock(connection, scope);
      id = /^\d+$/.test(own.id) ? own.id : '';
      server = connection.server;
      maxPacket = own.maxPacket;
      if (isWriter) await connection.run(NO_OP_WRITE).catch(ignoreMissingTables);
      return connection;
    } catch (error) {
      connection.drop();
      throw error;
    }
  };
  let current = await open(false);
  return {
    get server() {
      return server;
    },
    get maxStatementBytes() {
      return Math.min(maxPacket, smallestRefused);
    },
    select: (sql, values) => current.select(sql, values),
    sendLocalFile: (sql, content) => current.sendLocalFile(sql, content),
    run: async (sql, values) => {
      try {
        return await current.run(sql, values);
      } catch (error) {
        if (isTooLarge(error)) smallestRefused = Math.min(smallestRefused, statementBytes(sql, values));
        throw error;
      }
    },
    encryption: () => current.encryption(),
    release: () => current.release(),
    drop: () => current.drop(),
    renew: async () => {
      current.drop();
      current = await retryWhileUnavailable(tools, () => open(true));
      // The server may have restarted with a different configuration.
      const error = findPacketError(maxPacket);
      if (error !== undefined) throw error;
    },
  };
}
