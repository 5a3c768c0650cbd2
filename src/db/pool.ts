import { Readable } from 'node:stream';
import type { PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { type DatabaseAddress, listAddresses } from './address.ts';
import { createServerChooser, type Use } from './choose-server.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import { UnavailableError } from '../errors.ts';
import { repeatRolledBack } from './repeat-rolled-back.ts';
import { openServerPool, type PoolOptions, translateErrors } from './server-pool.ts';
import { type Encryption, readEncryption } from './tls.ts';

/**
 * A value that may be bound. Numbers and dates are excluded: the driver's own conversions lose digits. A Buffer holds UTF-8
 * for a text column.
 */
export type SqlValue = string | Buffer | null;

/** Runs statements on a connection. A statement with values is prepared; without values, `run` sends it as text. */
export type Session = {
  /** Returns rows as objects; every value is text, except integers that a double holds. */
  select<T>(sql: string, values?: readonly SqlValue[]): Promise<T[]>;
  /**
   * @returns the number of rows that matched or were written, the new id, and whether the connection is in a transaction;
   *   undefined if the server did not report it.
   */
  run(
    sql: string,
    values?: readonly SqlValue[],
  ): Promise<{ matched: number; id: number; isInTransaction?: boolean }>;
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
  /** Whether MYSQL_HOST names several servers: another one can take over. */
  readonly hasOtherServers: boolean;
  /**
   * Opens a separate connection for locks and transactions. All writes use one of these.
   * @param use `write` by default: with several hosts, connects to a server that takes writes now. `same`: the server that
   *   was chosen last, without a check.
   */
  connect(use?: Use): Promise<Connection>;
  close(): Promise<void>;
};

export type Connection = Session & {
  /** The server's name: each has its own connection ids and named locks. */
  readonly server: string;
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

/** Does not connect: the first statement does. */
export function openDatabase(address: DatabaseAddress, options: PoolOptions = {}): Database {
  const addresses = listAddresses(address);
  const servers = addresses.map((each) => openServerPool(each, options, addresses.length === 1));
  const { take, distrust } = createServerChooser(servers);
  const withDistrust = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof UnavailableError) distrust();
      throw error;
    }
  };
  const session = createSession(async (work) => {
    const { connection } = await take('read');
    try {
      return await withDistrust(() => work(connection));
    } finally {
      connection.release();
    }
  });
  return {
    name: address.database,
    hasOtherServers: servers.length > 1,
    ...session,
    select: async <T>(sql: string, values?: readonly SqlValue[]) => {
      try {
        return await session.select<T>(sql, values);
      } catch (error) {
        // The next server may answer.
        if (servers.length === 1 || !(error instanceof UnavailableError)) throw error;
        return await session.select<T>(sql, values);
      }
    },
    connect: async (use = 'write') => {
      const { connection, server } = await take(use);
      const own = createSession((work) => withDistrust(() => work(connection)));
      return {
        server,
        ...own,
        run: repeatRolledBack(own.run),
        encryption: () => readEncryption(connection.connection),
        release: () => connection.release(),
        drop: () => connection.destroy(),
      };
    },
    close: async () => {
      for (const { close } of servers) await close();
    },
  };
}

/** What the server answers to a statement without rows; its types lack the flags of the connection. */
type ServerAnswer = Pick<ResultSetHeader, 'affectedRows' | 'insertId'> & { readonly serverStatus: number };

/** SERVER_STATUS_IN_TRANS of the protocol: https://dev.mysql.com/doc/dev/mysql-server/latest/mysql__com_8h.html */
const IN_TRANSACTION = 1;

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
        const { affectedRows, insertId, serverStatus } = result as Partial<ServerAnswer>;
        return {
          matched: affectedRows ?? 0,
          id: insertId ?? 0,
          ...(serverStatus === undefined ? {} : { isInTransaction: (serverStatus & IN_TRANSACTION) !== 0 }),
        };
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
