import { createRequire } from 'node:module';
import type * as mysql from 'mysql2/promise';
import type { Pool, PoolConnection, RowDataPacket, SslOptions } from 'mysql2/promise';
import type { DatabaseAddress } from './address.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import { UnavailableError } from '../errors.ts';
import { errnoOf, toEtlError } from './errors.ts';
import { type Query, sessionSetter } from './session.ts';

// Required rather than imported, for the same reason as commander (cli/commander.ts).
const require = createRequire(import.meta.url);
const { createPool } = require('mysql2/promise') as typeof mysql;

/**
 * What may be bound: numbers and dates would go through the driver's own conversions, which lose digits. Bytes are for
 * columns of text that is UTF-8 already.
 */
export type Value = string | Buffer | null;

/** A connection that statements run on; `run` prepares the statement, `query` sends text with nothing bound. */
export type Session = {
  /** Rows as objects; every value as text, except integers that a double holds. */
  select<T>(sql: string, values?: readonly Value[]): Promise<T[]>;
  /** @returns how many rows matched or were written, and the new id. */
  run(sql: string, values?: readonly Value[]): Promise<{ matched: number; id: number }>;
  /** A statement of so many bytes is known to be too large; undefined where nothing is known. See `statementBytes`. */
  readonly limit?: number;
};

export type Database = Session & {
  readonly name: string;
  /** A connection of one's own, for locks and transactions; what is written is written through one of these. */
  connect(): Promise<Connection>;
  close(): Promise<void>;
};

export type Connection = Session & {
  release(): void;
  /** For one that is broken: it must not be used again. */
  drop(): void;
};

export type Tools = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Ends waits early. */
  readonly signal: AbortSignal;
};

/** Opens nothing yet: the first statement connects. */
export function openDatabase(address: DatabaseAddress): Database {
  const pool = createPool({
    ...(address.socket === undefined
      ? { host: address.host, port: address.port }
      : { socketPath: address.socket }),
    database: address.database,
    user: address.user,
    password: address.password,
    ...(address.tls === undefined ? {} : { ssl: tlsOptions(address.tls) }),
    charset: 'utf8mb4',
    connectionLimit: 4,
    maxPreparedStatements: 200,
    connectTimeout: 10_000,
    dateStrings: true,
    supportBigNumbers: true,
    decimalNumbers: false,
    enableKeepAlive: true,
    keepAliveInitialDelay: 10_000,
  });
  const take = taker(pool, address.database);
  return {
    name: address.database,
    ...session((work) => onOne(take, work)),
    connect: async () => {
      const connection = await take();
      return {
        ...session((work) => work(connection)),
        release: () => connection.release(),
        drop: () => connection.destroy(),
      };
    },
    close: () => pool.end(),
  };
}

/** Makes the function that takes a connection out of the pool; a new one is given our session and database first. */
function taker(pool: Pool, database: string): () => Promise<PoolConnection> {
  const ready = new WeakSet<object>();
  const setSession = sessionSetter();
  return async () => {
    const connection = await guard('connect', () => pool.getConnection());
    // mysql2 wraps the same connection again each time.
    if (ready.has(connection.connection)) return connection;
    const query: Query = (sql) =>
      guard(sql, async () => {
        const [rows] = await connection.query(sql);
        return Array.isArray(rows) ? rows : [];
      });
    try {
      await setSession(query);
      // An init_connect may have chosen another one.
      await query(`USE \`${database.replaceAll('`', '``')}\``);
    } catch (error) {
      connection.destroy();
      throw isClosed(error) ? closedAfterSignIn(error) : error;
    }
    ready.add(connection.connection);
    return connection;
  };
}

/** The server's own words have a number; a connection that just ends has none. */
function isClosed(error: unknown): error is UnavailableError {
  return error instanceof UnavailableError && !((errnoOf(error) ?? 0) > 0);
}

function closedAfterSignIn({ message, op, cause }: UnavailableError): UnavailableError {
  return new UnavailableError(`${message} (right after the sign-in)`, {
    op,
    cause,
    hint: "look for an error in the server's init_connect, or a limit of its memory; the server's error log has the reason",
  });
}

async function onOne<T>(
  take: () => Promise<PoolConnection>,
  work: (connection: PoolConnection) => Promise<T>,
): Promise<T> {
  const connection = await take();
  try {
    return await work(connection);
  } finally {
    connection.release();
  }
}

function tlsOptions({ ca, checksName }: NonNullable<DatabaseAddress['tls']>): SslOptions {
  return { rejectUnauthorized: true, verifyIdentity: checksName, ...(ca === undefined ? {} : { ca }) };
}

/** @param on runs `work` on the connection that statements are meant for. */
function session(on: <T>(work: (connection: PoolConnection) => Promise<T>) => Promise<T>): Session {
  return {
    select: async <T>(sql: string, values: readonly Value[] = []) =>
      on(async (connection) => {
        const [rows] = await guard(sql, () => connection.execute<RowDataPacket[]>(sql, [...values]));
        return rows as T[];
      }),
    run: (sql, values) =>
      on(async (connection) => {
        const [result] = await guard(sql, () =>
          values === undefined ? connection.query(sql) : connection.execute(sql, [...values]),
        );
        const header = result as { affectedRows?: number; insertId?: number };
        return { matched: header.affectedRows ?? 0, id: header.insertId ?? 0 };
      }),
  };
}

async function guard<T>(op: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toEtlError(error, op.slice(0, 80));
  }
}
