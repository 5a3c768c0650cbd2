import { createRequire } from 'node:module';
import type * as mysql from 'mysql2/promise';
import type { Pool, PoolConnection } from 'mysql2/promise';
import { UnavailableError } from '../errors.ts';
import { formatHost } from '../lib/host-list.ts';
import type { DatabaseAddress } from './address.ts';
import type { Candidate } from './choose-server.ts';
import { errnoOf, toEtlError } from './errors.ts';
import { catchUp, readForbidding } from './server-state.ts';
import type { SendQuery } from './send-query.ts';
import { createSessionSetter, type SessionSetting } from './session.ts';
import { transportOptions } from './tls.ts';

// Required rather than imported, for the same reason as commander (cli/commander.ts).
const require = createRequire(import.meta.url);
const { createPool } = require('mysql2/promise') as typeof mysql;

/** The limits of a pool. */
export type PoolOptions = {
  readonly maxConnections?: number;
  /** Statements that may wait for a connection; more are refused. Undefined: any number. */
  readonly maxWaiting?: number;
  /** Set on every connection after `SESSION_SETTINGS`. */
  readonly settings?: readonly SessionSetting[];
};

/** The connections to one server. */
export type ServerPool = Candidate<PoolConnection> & { close(): Promise<void> };

/**
 * Does not connect.
 * @param isOnly whether there is no other server: then it does not matter whether this one takes writes.
 */
export function openServerPool(
  address: DatabaseAddress,
  { maxConnections = 4, maxWaiting = 0, settings = [] }: PoolOptions,
  isOnly: boolean,
): ServerPool {
  const pool = createPool({
    ...transportOptions(address),
    database: address.database,
    user: address.user,
    password: address.password,
    charset: 'utf8mb4',
    connectionLimit: maxConnections,
    queueLimit: maxWaiting,
    maxPreparedStatements: 200,
    connectTimeout: 10_000,
    dateStrings: true,
    supportBigNumbers: true,
    decimalNumbers: false,
  });
  let isNode = false;
  const setSession = createSessionSetter(settings, () => void (isNode = true));
  const connect = createConnectionGetter(pool, address.database, setSession);
  return {
    name: address.socket ?? formatHost(address),
    connect,
    examine: async (connection) => {
      const query = createQuery(connection);
      if (isNode) await catchUp(query);
      const forbiddenBy = isOnly ? [] : await readForbidding(query);
      return forbiddenBy.length === 0 ? undefined : `read only (${forbiddenBy.join(', ')})`;
    },
    drop: (connection) => connection.destroy(),
    close: () => pool.end(),
  };
}

/** Creates the function that takes a connection from the pool. It sets our session and database on a new connection. */
function createConnectionGetter(
  pool: Pool,
  database: string,
  setSession: ReturnType<typeof createSessionSetter>,
): () => Promise<PoolConnection> {
  const ready = new WeakSet<object>();
  return async () => {
    const connection = await translateErrors('connect', () => pool.getConnection());
    // mysql2 wraps the same connection in a new object each time.
    if (ready.has(connection.connection)) return connection;
    const query = createQuery(connection);
    try {
      await setSession(query);
      // An init_connect may have selected another database.
      await query(`USE \`${database.replaceAll('`', '``')}\``);
    } catch (error) {
      connection.destroy();
      throw isClosed(error) ? createClosedAfterSignInError(error) : error;
    }
    ready.add(connection.connection);
    return connection;
  };
}

/** Whether the connection just ended. An error from the server has a number. */
function isClosed(error: unknown): error is UnavailableError {
  return error instanceof UnavailableError && !((errnoOf(error) ?? 0) > 0);
}

function createClosedAfterSignInError({ message, op, cause }: UnavailableError): UnavailableError {
  return new UnavailableError(`${message} (right after the sign-in)`, {
    op,
    cause,
    hint: "check the server's init_connect and its memory limits; the server's error log has the reason",
  });
}

function createQuery(connection: PoolConnection): SendQuery {
  return (sql) =>
    translateErrors(sql, async () => {
      const [rows] = await connection.query(sql);
      return Array.isArray(rows) ? rows : [];
    });
}

export async function translateErrors<T>(op: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toEtlError(error, op.slice(0, 80));
  }
}
