import {
  createPool,
  type Pool,
  type PoolConnection,
  type RowDataPacket,
  type SslOptions,
} from 'mysql2/promise';
import type { Clock, DatabaseAddress, Logger } from '../model.ts';
import { toEtlError } from './errors.ts';

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

/**
 * Strict, so that nothing is cut or rounded silently; UTC, so that no zone shifts a time; a long idle time, because a
 * lock on a connection that idles out is lost without a word; and no waiting for days where somebody's ALTER TABLE has a
 * table locked, as the servers' defaults would have it. A server that keeps a binary log writes every statement with its
 * values as text besides (MySQL even where it keeps none); where a backslash is no escape, that takes a third of the time.
 */
const SESSION =
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_BACKSLASH_ESCAPES', " +
  "time_zone = '+00:00', autocommit = 1, wait_timeout = 7200, lock_wait_timeout = 60";

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
  return {
    name: address.database,
    ...session(pool),
    connect: async () => {
      const connection = await guard('connect', () => pool.getConnection());
      const own = session(connection);
      await own.run(SESSION);
      return { ...own, release: () => connection.release(), drop: () => connection.destroy() };
    },
    close: () => pool.end(),
  };
}

function tlsOptions({ ca, checksName }: NonNullable<DatabaseAddress['tls']>): SslOptions {
  return { rejectUnauthorized: true, verifyIdentity: checksName, ...(ca === undefined ? {} : { ca }) };
}

function session(target: Pool | PoolConnection): Session {
  return {
    select: async <T>(sql: string, values: readonly Value[] = []) => {
      const [rows] = await guard(sql, () => target.execute<RowDataPacket[]>(sql, [...values]));
      return rows as T[];
    },
    run: async (sql, values) => {
      const [result] = await guard(sql, () =>
        values === undefined ? target.query(sql) : target.execute(sql, [...values]),
      );
      const header = result as { affectedRows?: number; insertId?: number };
      return { matched: header.affectedRows ?? 0, id: header.insertId ?? 0 };
    },
  };
}

async function guard<T>(op: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toEtlError(error, op.slice(0, 80));
  }
}
