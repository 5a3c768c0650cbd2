import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import type * as mysql from 'mysql2/promise';
import type { Pool, PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { DatabaseAddress } from './address.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import { UnavailableError } from '../errors.ts';
import { errnoOf, toEtlError } from './errors.ts';
import { createSessionSetter, type SendQuery, type SessionSetting } from './session.ts';
import { type Encryption, readEncryption, transportOptions } from './tls.ts';

// Required rather than imported, for the same reason as commander (cli/commander.ts).
const require = createRequire(import.meta.url);
const { createPool } = require('mysql2/promise') as typeof mysql;

/**
 * A value that may be bound. Numbers and dates are excluded: the driver's own conversions lose digits. A Buffer holds UTF-8
 * for a text column.
 */
export type SqlValue = string | Buffer | null;

/** Runs statements on a connection. A statement with values is prepared; without values, `run` sends it as text. */
export type Session = {
  /** Returns rows as objects; every value is text, except integers that a double holds. */
  select<T>(sql: string, values?: readonly SqlValue[]): Promise<T[]>;
  /** @returns the number of rows that matched or were written, and the new id. */
  run(sql: string, values?: readonly SqlValue[]): Promise<{ matched: number; id: number }>;
  /**
   * Runs LOAD DATA LOCAL with this content, in parts; the name of the file in the statement is not used. No file is read.
   * @returns the number of stored rows, and of warnings about values that the server changed or rows that it left out.
   */
  sendLocalFile(sql: string, content: readonly Buffer[]): Promise<{ matched: number; warnings: number }>;
  /** A statement of this size is known to be too large; undefined if unknown. See `statementBytes`. */
  readonly maxStatementBytes?: number;
};

export type Database = Session & {
  readonly name: string;
  /** Opens a separate connection for locks and transactions. All writes use one of these. */
  connect(): Promise<Connection>;
  close(): Promise<void>;
};

export type Connection = Session & {
  /** Undefined if it is not encrypted. */
  encryption(): Encryption | undefined;
  release(): void;
  /** Closes a broken connection, which must not be used again. */
  drop(): void;
};

export type DatabaseTools = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Ends waits early. */
  readonly signal: AbortSignal;
};

/** The limits of a pool. */
export type PoolOptions = {
  readonly maxConnections?: number;
  /** Statements that may wait for a connection; more are refused. Undefined: any number. */
  readonly maxWaiting?: number;
  /** Set on every connection after `SESSION_SETTINGS`. */
  readonly settings?: readonly SessionSetting[];
};

/** Does not connect: the first statement does. */
export function openDatabase(
  address: DatabaseAddress,
  { maxConnections = 4, maxWaiting = 0, settings = [] }: PoolOptions = {},
): Database {
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
  const take = createConnectionGetter(pool, address.database, createSessionSetter(settings));
  return {
    name: address.database,
    ...createSession((work) => withConnection(take, work)),
    connect: async () => {
      const connection = await take();
      return {
        ...createSession((work) => work(connection)),
        encryption: () => readEncryption(connection.connection),
        release: () => connection.release(),
        drop: () => connection.destroy(),
      };
    },
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
    const query: SendQuery = (sql) =>
      translateErrors(sql, async () => {
        const [rows] = await connection.query(sql);
        return Array.isArray(rows) ? rows : [];
      });
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

async function withConnection<T>(
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

/** @param on runs `work` on the connection for the statements. */
function createSession(on: <T>(work: (connection: PoolConnection) => Promise<T>) => Promise<T>): Session {
  return {
    select: async <T>(sql: string, values: readonly SqlValue[] = []) =>
      on(async (connection) => {
        const [rows] = await translateErrors(sql, () =>
          connection.execute<RowDataPacket[]>(sql, [...values]),
        );
        return rows as T[];
      }),
    run: (sql, values) =>
      on(async (connection) => {
        const [result] = await translateErrors(sql, () =>
          values === undefined ? connection.query(sql) : connection.execute(sql, [...values]),
        );
        const header = result as { affectedRows?: number; insertId?: number };
        return { matched: header.affectedRows ?? 0, id: header.insertId ?? 0 };
      }),
    sendLocalFile: (sql, content) =>
      on(async (connection) => {
        const [result] = await translateErrors(sql, () =>
          connection.query({ sql, infileStreamFactory: () => Readable.from(slices(content)) }),
        );
        const { affectedRows, warningStatus } = result as ResultSetHeader;
        return { matched: affectedRows, warnings: warningStatus };
      }),
  };
}

/** Each slice is a separate packet. `max_allowed_packet` limits packets, to 1 MB or more. */
const SLICE_BYTES = 512 * 1024;

function* slices(content: readonly Buffer[]): Generator<Buffer> {
  for (const part of content) {
    for (let start = 0; start < part.length; start += SLICE_BYTES) {
      yield part.subarray(start, start + SLICE_BYTES);
    }
  }
}

async function translateErrors<T>(op: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toEtlError(error, op.slice(0, 80));
  }
}
