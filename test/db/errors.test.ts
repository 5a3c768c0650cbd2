import { expect, test } from 'vitest';
import { openDatabase } from '../../src/db/pool.ts';
import {
  ConfigError,
  CredentialsError,
  FailedError,
  RowRefusedError,
  UnavailableError,
} from '../../src/errors.ts';
import { freshDatabase } from '../helpers/database.ts';

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
