import { ConfigError } from '../errors.ts';
import { isConnectionLost, isReadOnly, isTooLarge } from './errors.ts';
import { readLockHolder, type LockScope, acquireRunLock, releaseRunLock } from './named-lock.ts';
import { findPacketError } from './packet.ts';
import { retryWhileUnavailable } from './retry-while-unavailable.ts';
import type { Connection, Database, DatabaseTools } from './pool.ts';
import { statementBytes } from './size.ts';

/**
 * The connection that holds a run's lock and that the run writes with. If it breaks outside a transaction, or its server becomes
 * read only and there are others, a read or a write that can run twice renews it and is repeated; `commitFenced` does the same
 * for transactions.
 */
export type LockedConnection = Connection & {
  /** The server's `max_allowed_packet`, or the size of the smallest statement that was refused as too large. */
  readonly maxStatementBytes: number;
  /** How often `renew` replaced the connection. */
  readonly renewals: number;
  /**
   * Replaces a broken connection and acquires the lock again, on the next server if there are several. Waits until one is
   * reachable and accepts writes.
   * @throws UnavailableError if it remains unreachable, BusyError if another run now holds the lock, ConfigError if it now
   *   accepts only tiny statements.
   */
  renew(): Promise<void>;
  /** Releases the lock and the connection. Never throws. */
  end(): Promise<void>;
};

/** Statements that change nothing more if they run again, because the answer to the first time was lost. */
const CAN_RUN_TWICE =
  /^(?:UPDATE|DELETE|INSERT IGNORE|CREATE TABLE IF NOT EXISTS|DROP TABLE IF EXISTS|START TRANSACTION$)/;

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

/**
 * Whether a failed statement outside a transaction may succeed on a renewed connection: the connection is lost, or its server became
 * read only and another one can take over. A single server is not waited for: it may be the wrong one.
 */
export function isWorthRenewing(
  error: unknown,
  { hasOtherServers }: Pick<Database, 'hasOtherServers'>,
): boolean {
  return isConnectionLost(error) || (hasOtherServers && isReadOnly(error));
}

/** Opens connections that hold the lock, one after the other, and knows what the last server reported. */
type LockOpener = {
  /** @param isWriter whether the server must take writes now. */
  open(isWriter: boolean): Promise<Connection>;
  readonly server: string;
  /** The server's `max_allowed_packet`. */
  readonly maxPacket: number;
};

function createLockOpener(database: Database, scope: LockScope): LockOpener {
  let id = '';
  let server = '';
  let maxPacket = Infinity;
  return {
    get server() {
      return server;
    },
    get maxPacket() {
      return maxPacket;
    },
    open: async (isWriter) => {
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
    },
  };
}

/** The connection in use, which `renew` replaces. */
type RenewableConnection = {
  readonly current: Connection;
  readonly renewals: number;
  /** Whether `renew` gave up before: it would throw the same error again. */
  readonly isGivenUp: boolean;
  renew(): Promise<void>;
};

async function openRenewable(opener: LockOpener, tools: DatabaseTools): Promise<RenewableConnection> {
  let current = await opener.open(false);
  let renewals = 0;
  let reasonToGiveUp: unknown;
  return {
    get current() {
      return current;
    },
    get renewals() {
      return renewals;
    },
    get isGivenUp() {
      return reasonToGiveUp !== undefined;
    },
    renew: async () => {
      // A run that has waited for two minutes ends, instead of waiting for each of its last statements.
      if (reasonToGiveUp !== undefined) throw reasonToGiveUp;
      current.drop();
      renewals += 1;
      try {
        current = await retryWhileUnavailable(tools, () => opener.open(true));
      } catch (error) {
        reasonToGiveUp = error;
        throw error;
      }
      // The server may have restarted with a different configuration.
      const error = findPacketError(opener.maxPacket);
      if (error !== undefined) throw error;
    },
  };
}

/** @throws BusyError if another run holds the lock. */
export async function openLockedConnection(
  database: Database,
  source: string,
  tools: DatabaseTools,
): Promise<LockedConnection> {
  const scope = { database: database.name, source };
  const opener = createLockOpener(database, scope);
  const renewable = await openRenewable(opener, tools);
  let smallestRefused = Infinity;
  let isInTransaction = false;
  const renew = async (): Promise<void> => {
    isInTransaction = false;
    await renewable.renew();
  };
  /** Outside a transaction, a statement that can run twice is repeated on a new connection. */
  const send = async <T>(canRepeat: boolean, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const canRenew = isWorthRenewing(error, database) && !renewable.isGivenUp;
      if (!canRenew || !canRepeat || isInTransaction) throw error;
      await renew();
      return work();
    }
  };
  return {
    get server() {
      return opener.server;
    },
    get renewals() {
      return renewable.renewals;
    },
    get maxStatementBytes() {
      return Math.min(opener.maxPacket, smallestRefused);
    },
    select: (sql, values) => send(true, () => renewable.current.select(sql, values)),
    sendLocalFile: (sql, content) => renewable.current.sendLocalFile(sql, content),
    run: async (sql, values) => {
      try {
        const result = await send(CAN_RUN_TWICE.test(sql), () => renewable.current.run(sql, values));
        if (sql === 'START TRANSACTION') isInTransaction = true;
        return result;
      } catch (error) {
        if (isTooLarge(error)) smallestRefused = Math.min(smallestRefused, statementBytes(sql, values));
        throw error;
      } finally {
        if (sql === 'COMMIT' || sql === 'ROLLBACK') isInTransaction = false;
      }
    },
    encryption: () => renewable.current.encryption(),
    release: () => renewable.current.release(),
    drop: () => renewable.current.drop(),
    renew,
    end: async () => {
      try {
        await releaseRunLock(renewable.current, scope);
        renewable.current.release();
      } catch {
        // The connection is broken: the server releases its lock itself.
        renewable.current.drop();
      }
    },
  };
}
