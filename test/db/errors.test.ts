import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isTooLarge, toEtlError } from '../../src/db/errors.ts';
import { type Connection, type Database, openDatabase } from '../../src/db/pool.ts';
import {
  ConfigError,
  CredentialsError,
  type EtlError,
  FailedError,
  RowRefusedError,
  TransactionRetryError,
  UnavailableError,
} from '../../src/errors.ts';
import { freshDatabase } from '../helpers/database.ts';
import { type Proxy, proxyTo } from '../helpers/proxy.ts';

/** What our own classes make of what a real server says. */
async function failureOf(statement: string, more: object = {}): Promise<unknown> {
  const db = await freshDatabase();
  await db.query('CREATE TABLE t (id INT PRIMARY KEY, short VARCHAR(2), mine INT NOT NULL)');
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined, ...more });
  try {
    const connection = await database.connect();
    await connection.run("INSERT INTO t VALUES (1, 'a', 1)");
    await connection.run(statement);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await database.close();
  }
}

test.each([
  ['a value too long for its column', "INSERT INTO t VALUES (2, 'abc', 1)", RowRefusedError, 1],
  ['a number out of range', "INSERT INTO t VALUES (99999999999, 'a', 1)", RowRefusedError, 1],
  ['a key that is there already', "INSERT INTO t VALUES (1, 'a', 1)", RowRefusedError, 1],
  ["somebody's column without a default", "INSERT INTO t (id, short) VALUES (3, 'a')", RowRefusedError, 1],
  ['a statement that is none', 'SELEKT 1', FailedError, 1],
  ['a table that is missing', 'SELECT * FROM nowhere', ConfigError, 78],
  ['a column that is missing', 'SELECT nothing FROM t', ConfigError, 78],
] as const)('%s is what it is, and no lost connection', async (_, statement, kind, code) => {
  const error = await failureOf(statement);
  expect(error).toBeInstanceOf(kind);
  expect(error).toMatchObject({ exitCode: code });
});

test('a connection that the server ends is one that may come back', async () => {
  const error = await failureOf('KILL CONNECTION_ID()');
  expect(error).toBeInstanceOf(UnavailableError);
});

test.each([
  ['a server that is not there', { port: 9 }, UnavailableError, 69],
  ['a database that is not there', { database: 'no_such_database_here' }, ConfigError, 78],
  ['a user that is not there', { user: 'nobody_at_all', password: 'x' }, CredentialsError, 77],
] as const)('%s', async (_, more, kind, code) => {
  const error = await failureOf('SELECT 1', more);
  expect(error).toBeInstanceOf(kind);
  expect(error).toMatchObject({ exitCode: code });
});

describe('what a server says by its number', () => {
  let proxy: Proxy;
  let database: Database;
  let connection: Connection;

  beforeAll(async () => {
    const db = await freshDatabase();
    proxy = await proxyTo(db.host, db.port);
    const address = { ...db, port: proxy.port, socket: undefined, database: db.name, tls: undefined };
    database = openDatabase(address);
    connection = await database.connect();
  });

  afterAll(async () => {
    await database.close();
    await proxy.close();
  });

  async function said(errno: number): Promise<EtlError> {
    proxy.refuse = () => errno;
    const error: unknown = await connection.run('COMMIT').catch((reason: unknown) => reason);
    proxy.refuse = undefined;
    return error as EtlError;
  }

  test.each([
    ['deadlock', 1213, TransactionRetryError],
    ['lock wait that ran out', 1205, TransactionRetryError],
    ['snapshot that changed (MariaDB)', 1020, TransactionRetryError],
    ['conflict with another node (Group Replication)', 3101, TransactionRetryError],
    ['too many connections', 1040, UnavailableError],
    ['too many connections of this user', 1203, UnavailableError],
    ['node that is not ready (Galera)', 1047, UnavailableError],
    ['shutdown', 1053, UnavailableError],
    ['read-only server', 1290, UnavailableError],
    ['read-only transaction', 1792, UnavailableError],
    ['read-only storage', 1836, UnavailableError],
    ['server that has gone away', 2006, UnavailableError],
    ['connection that was lost', 2013, UnavailableError],
    ['storage that does not answer (TiDB)', 9005, UnavailableError],
    ['packet that is too large', 1153, UnavailableError],
    ['disk that is full', 1021, FailedError],
    ['table that is full', 1114, FailedError],
    ['tablespace that is full', 3675, FailedError],
    ['duplicate key', 1062, RowRefusedError],
    ['missing right', 1142, ConfigError],
    ['password that expired', 1862, CredentialsError],
    ['number that nobody knows', 1999, FailedError],
  ] as const)('%s (%i)', async (_, errno, kind) => {
    const error = await said(errno);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ op: 'COMMIT', message: expect.stringContaining('the test says so') });
  });

  test('too many connections, said instead of a greeting, is a server that may come back', async () => {
    proxy.refuse = () => 1040;
    const error: unknown = await database.connect().catch((reason: unknown) => reason);
    proxy.refuse = undefined;
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).toMatchObject({ exitCode: 69, cause: { errno: 1040 } });
  });

  test('a full disk is told with what to do, a packet that is too large with the setting', async () => {
    expect((await said(1114)).hint).toMatch(/free disk space/);
    expect((await said(1153)).hint).toMatch(/max_allowed_packet/);
    expect(isTooLarge(await said(1153))).toBe(true);
    expect(isTooLarge(await said(1290))).toBe(false);
  });
});

/** As MariaDB and MySQL word them. */
test.each([
  [1030, 'Got error 28 "No space left on device" from storage engine InnoDB'],
  [1026, "Error writing file '/tmp/ML' (errno: 28 - No space left on device)"],
  [3, 'Error writing file \'/tmp/ML\' (Errcode: 28 "No space left on device")'],
  [1180, 'Got error 28 during COMMIT'],
  [1030, 'Got error 122 - "Disk quota exceeded" from storage engine'],
])('a disk that is full is known by the words of error %i', (errno, sqlMessage) => {
  const full = toEtlError(Object.assign(new Error(sqlMessage), { errno, sqlMessage }), 'COMMIT');
  expect(full).toMatchObject({ exitCode: 1, hint: expect.stringContaining('free disk space') });
  const other = toEtlError(Object.assign(new Error('error 128'), { errno }), 'COMMIT');
  expect(other).toMatchObject({ exitCode: 1, hint: undefined });
});
