import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isTooLarge, toEtlError } from '../../src/db/errors.ts';
import { type Connection, type Database, openDatabase } from '../../src/db/pool.ts';
import {
  ConfigError,
  CredentialsError,
  type EtlError,
  FatalError,
  RowRefusedError,
  TransactionRetryError,
  UnavailableError,
} from '../../src/errors.ts';
import { freshDatabase, serverKind } from '../helpers/database.ts';
import { type Proxy, proxyTo } from '../helpers/proxy.ts';

/** Errors of a real server, converted to our classes. */
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
  ['a statement that is none', 'SELEKT 1', FatalError, 1],
  ['a table that is missing', 'SELECT * FROM nowhere', ConfigError, 78],
  ['a column that is missing', 'SELECT nothing FROM t', ConfigError, 78],
] as const)('%s is what it is, and no lost connection', async (_, statement, kind, code) => {
  const error = await failureOf(statement);
  expect(error).toBeInstanceOf(kind);
  expect(error).toMatchObject({ exitCode: code });
});

/** Both take minutes. */
const SLOW = {
  mariadbd: 'SET STATEMENT max_statement_time = 0.05 FOR SELECT SUM(seq % 7) FROM seq_1_to_10000000000',
  mysqld:
    'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) ' +
    'SELECT /*+ MAX_EXECUTION_TIME(50) SET_VAR(cte_max_recursion_depth = 4294967295) */ SUM(i) FROM n',
};

test('a statement that exceeds the server’s time limit is a limit that may be raised', async () => {
  const error = await failureOf(SLOW[serverKind()]);
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error).toMatchObject({
    exitCode: 69,
    message: expect.stringMatching(/^the database has reached a limit: .*time/) as string,
    hint: expect.stringContaining('max_statement_time (MariaDB) or max_execution_time (MySQL)') as string,
  });
});

test.each([
  ['with SQLSTATE 45000', "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not this one'"],
  [
    'with an errno of its own',
    "SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 31001, MESSAGE_TEXT = 'not this one'",
  ],
])('a SIGNAL %s refuses a row', async (_, signal) => {
  const error = await failureOf(signal);
  expect(error).toBeInstanceOf(RowRefusedError);
  expect(error).toMatchObject({ message: 'the database refused a row: not this one' });
});

test('a connection that the server ends may be restored', async () => {
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

describe('errors of the server by number', () => {
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
    ['table that was altered after the snapshot', 1412, TransactionRetryError],
    ['conflict with another node (Group Replication)', 3101, TransactionRetryError],
    ['too many connections', 1040, UnavailableError],
    ['too many connections of this user', 1203, UnavailableError],
    ['node that is not ready (Galera)', 1047, UnavailableError],
    ['shutdown', 1053, UnavailableError],
    ['read-only server', 1290, UnavailableError],
    ['read-only transaction', 1792, UnavailableError],
    ['read-only table (innodb_read_only)', 1036, UnavailableError],
    ['read-only storage', 1836, UnavailableError],
    ['server that has gone away', 2006, UnavailableError],
    ['connection that was lost', 2013, UnavailableError],
    ['storage that does not answer (TiDB)', 9005, UnavailableError],
    ['packet that is too large', 1153, UnavailableError],
    ['disk that is full', 1021, FatalError],
    ['table that is full', 1114, FatalError],
    ['tablespace that is full', 3675, FatalError],
    ['statement that must be prepared again', 1615, TransactionRetryError],
    ['prepared statement that a proxy has forgotten', 1243, UnavailableError],
    ['duplicate key', 1062, RowRefusedError],
    ['row that another table refers to', 1451, RowRefusedError],
    ['row that another table refers to, which the user may not see', 1217, RowRefusedError],
    ['row that refers to nothing', 1452, RowRefusedError],
    ['row without a partition', 1526, RowRefusedError],
    ['missing right', 1142, ConfigError],
    ['password that expired', 1862, CredentialsError],
    ['number that nobody knows', 1999, FatalError],
  ] as const)('%s (%i)', async (_, errno, kind) => {
    const error = await said(errno);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ op: 'COMMIT', message: expect.stringContaining('the test says so') });
  });

  test.each([
    [1040, 'max_connections', UnavailableError],
    [1203, 'MAX_USER_CONNECTIONS', UnavailableError],
    [1226, 'MAX_USER_CONNECTIONS', UnavailableError],
    [1129, 'FLUSH HOSTS', UnavailableError],
    [1461, 'max_prepared_stmt_count', UnavailableError],
    [1969, 'max_statement_time', UnavailableError],
    [3024, 'max_execution_time', UnavailableError],
    [1290, 'SET GLOBAL read_only = OFF', UnavailableError],
    [1836, 'MYSQL_HOST to the primary', UnavailableError],
    [1036, 'innodb_read_only', UnavailableError],
    [1146, 'trestle-etl doctor', ConfigError],
    [1054, 'one of your triggers or views', ConfigError],
    [3159, 'MYSQL_SSL=on', ConfigError],
    [1045, 'MYSQL_PASSWORD', CredentialsError],
    [1698, 'MYSQL_USER', CredentialsError],
    [1130, 'CREATE USER', CredentialsError],
    [3118, 'ACCOUNT UNLOCK', CredentialsError],
    [4151, 'ACCOUNT UNLOCK', CredentialsError],
    [3955, 'ACCOUNT UNLOCK', CredentialsError],
    [4150, 'FLUSH PRIVILEGES', CredentialsError],
    [1820, 'IDENTIFIED BY', CredentialsError],
    [1862, 'IDENTIFIED BY', CredentialsError],
    [1251, 'caching_sha2_password', ConfigError],
    [1524, 'caching_sha2_password', ConfigError],
    [1049, 'MYSQL_DATABASE', ConfigError],
    [1044, 'MYSQL_DATABASE', ConfigError],
  ] as const)('error %i has a hint that names %s', async (errno, hint, kind) => {
    const error = await said(errno);
    expect(error).toBeInstanceOf(kind);
    expect(error.hint).toContain(hint);
  });

  test('too many connections, sent instead of a greeting, may be temporary', async () => {
    proxy.refuse = () => 1040;
    const error: unknown = await database.connect().catch((reason: unknown) => reason);
    proxy.refuse = undefined;
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).toMatchObject({ exitCode: 69, cause: { errno: 1040 } });
  });

  test('a full disk is reported with advice, a packet that is too large with the setting', async () => {
    expect((await said(1114)).hint).toMatch(/free disk space/);
    expect((await said(1153)).hint).toMatch(/max_allowed_packet/);
    expect(isTooLarge(await said(1153))).toBe(true);
    expect(isTooLarge(await said(1290))).toBe(false);
  });
});

test.each([
  'max_queries_per_hour',
  'max_updates_per_hour',
  'max_connections_per_hour',
  'max_questions',
  'max_updates',
])('%s is reported without waiting', (limit) => {
  const sqlMessage = `User 'trestle' has exceeded the '${limit}' resource (current value: 10)`;
  const error = toEtlError(Object.assign(new Error(sqlMessage), { errno: 1226, sqlMessage }), 'COMMIT');
  expect(error).toBeInstanceOf(ConfigError);
  expect(error.message).toContain(limit);
  expect(error.hint).toContain('MAX_QUERIES_PER_HOUR 0');
});

/** As MariaDB and MySQL word them. */
test.each([
  [1030, 'Got error 28 "No space left on device" from storage engine InnoDB'],
  [1026, "Error writing file '/tmp/ML' (errno: 28 - No space left on device)"],
  [3, 'Error writing file \'/tmp/ML\' (Errcode: 28 "No space left on device")'],
  [1180, 'Got error 28 during COMMIT'],
  [1030, 'Got error 122 - "Disk quota exceeded" from storage engine'],
])('a full disk is recognised by the message of error %i', (errno, sqlMessage) => {
  const full = toEtlError(Object.assign(new Error(sqlMessage), { errno, sqlMessage }), 'COMMIT');
  expect(full).toMatchObject({ exitCode: 1, hint: expect.stringContaining('free disk space') });
  const other = toEtlError(Object.assign(new Error('error 128'), { errno }), 'COMMIT');
  expect(other).toMatchObject({ exitCode: 1, hint: undefined });
});

/** As the driver and servers that are not here word them. */
test.each([
  [
    'a plug-in that the driver does not have',
    {
      message:
        'Server requests authentication using unknown plugin dialog. See TODO: add plugins doco here on how',
    },
    ConfigError,
    /does not support: dialog$/,
  ],
  [
    'a password that would be sent in clear',
    {
      code: 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED',
      message:
        'Server requested authentication using mysql_clear_password, which sends the password in plaintext',
    },
    ConfigError,
    /does not support: mysql_clear_password$/,
  ],
  [
    "Galera's limit for rows",
    { errno: 1180, message: 'wsrep_max_ws_rows exceeded' },
    FatalError,
    /too large for the database: wsrep_max_ws_rows exceeded$/,
  ],
  [
    "Galera's limit for bytes",
    { errno: 1105, message: 'Maximum writeset size exceeded' },
    FatalError,
    /too large for the database: Maximum writeset size exceeded$/,
  ],
  [
    'a Galera node that is not ready',
    { errno: 1047, message: 'WSREP has not yet prepared node for application use' },
    UnavailableError,
    /the node is not in its cluster: WSREP has not yet/,
  ],
  [
    'a Galera node that loses its cluster in the middle of a transaction',
    {
      errno: 1180,
      message:
        'Error while appending streaming replication fragment(provider status: Not connected to Primary Component)',
    },
    UnavailableError,
    /the node is not in its cluster: /,
  ],
  [
    'an unknown error of the server',
    { errno: 1105, message: 'Unknown error' },
    FatalError,
    /refused a statement/,
  ],
  [
    'a certificate that nobody has signed',
    { code: 'HANDSHAKE_SSL_ERROR', message: 'self-signed certificate' },
    ConfigError,
    /TLS to the database cannot be used/,
  ],
  [
    'a statement of which the server quotes a word with SSL',
    { errno: 1064, message: "near 'SSL'", sqlMessage: "near 'SSL'" },
    FatalError,
    /refused a statement/,
  ],
])('%s has its class and message', (_, { message, ...more }, kind, says) => {
  const error = toEtlError(Object.assign(new Error(message), more), 'connect');
  expect(error).toBeInstanceOf(kind);
  expect(error.message).toMatch(says);
});

/** What mysql2 makes of the errors of Node.js and OpenSSL: the code is replaced. */
test.each([
  [
    'Client network socket disconnected before secure TLS connection was established',
    UnavailableError,
    'error log',
  ],
  ['read ECONNRESET', UnavailableError, 'error log'],
  [
    "Hostname/IP does not match certificate's altnames: Host: a. is not in the cert's altnames: DNS:b",
    ConfigError,
    'verify-ca',
  ],
  ['certificate has expired', ConfigError, 'renew'],
  ['certificate is not yet valid', ConfigError, 'clock'],
  ['self-signed certificate', ConfigError, 'MYSQL_SSL_CA'],
  ['self-signed certificate in certificate chain', ConfigError, 'MYSQL_SSL_CA'],
  ['unable to get local issuer certificate', ConfigError, 'MYSQL_SSL_CA'],
  ['unable to verify the first certificate', ConfigError, 'MYSQL_SSL_CA'],
  [
    'write EPROTO 40:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version',
    ConfigError,
    'tls_version',
  ],
  [
    '40:error:0A000412:SSL routines:ssl3_read_bytes:sslv3 alert bad certificate:../deps/rec_layer_s3.c:1601:',
    ConfigError,
    'MYSQL_SSL_CERT',
  ],
] as const)('during the TLS handshake: %s', (message, kind, hint) => {
  const error = toEtlError(
    Object.assign(new Error(message), { code: 'HANDSHAKE_SSL_ERROR', fatal: true }),
    'connect',
  );
  expect(error).toBeInstanceOf(kind);
  expect(error.hint).toContain(hint);
});

/** With TLS 1.3 these follow the handshake. The words are those of OpenSSL 3.0 and 3.5. */
test.each([
  ['UNKNOWN_CA', 'tlsv1 alert unknown ca'],
  ['CERTIFICATE_EXPIRED', 'ssl/tls alert certificate expired'],
  ['CERTIFICATE_REQUIRED', 'tlsv13 alert certificate required'],
])('a client certificate that the server refuses: %s', (code, reason) => {
  const message = `80FC8AD4E57F0000:error:0A000418:SSL routines:ssl3_read_bytes:${reason}:../deps/openssl/ssl/record/rec_layer_s3.c:1601:SSL alert number 48\n`;
  const error = toEtlError(
    Object.assign(new Error(message), { code: `ERR_SSL_ALERT_${code}`, fatal: true }),
    'connect',
  );
  expect(error).toBeInstanceOf(ConfigError);
  expect(error.message).toBe(`TLS to the database cannot be used: ${reason}`);
  expect(error.hint).toContain('MYSQL_SSL_CERT');
});
